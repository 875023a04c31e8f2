import MQTTWire

@testable import MQTTSession

/// What a broker sends, from any bytes.
enum WireCheck {
    /// Packets as far as they can be read, and whether the stream ended in an error.
    private struct Reading: Equatable {
        var messages: [IncomingMessage] = []
        var packets = 0
        var isBroken = false
    }

    /// The input: how long the pieces are in which it arrives, then the bytes of a connection.
    static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let stream = Array(bytes.dropFirst())
        let whole = read(stream, piece: stream.count)
        require(read(stream, piece: Int(first) + 1) == whole, "the same packets however they arrive")
        for message in whole.messages { check(message) }
        check(properties: stream)
    }

    private static func read(_ bytes: [UInt8], piece: Int) -> Reading {
        var reading = Reading()
        var buffer = ReceiveBuffer()
        var rest = bytes[...]
        do throws(MalformedPacket) {
            while true {
                while let packet = try buffer.next() {
                    reading.packets += 1
                    try take(packet, &reading)
                }
                guard !rest.isEmpty else { return reading }
                let room = buffer.room()
                let part = rest.prefix(min(piece, room.count))
                room.copyBytes(from: part)
                buffer.filled(part.count)
                rest = rest.dropFirst(part.count)
            }
        } catch {
            reading.isBroken = true
        }
        return reading
    }

    private static func take(_ packet: ReceiveBuffer.Packet, _ reading: inout Reading) throws(MalformedPacket) {
        switch PacketType(rawValue: packet.header >> 4) {
        case .publish: reading.messages.append(try IncomingMessage.read(packet.header, packet.body))
        case .connack: _ = try ConnectionAcknowledgement.read(packet.body)
        case .puback, .pubrec, .pubrel, .pubcomp: _ = try PacketAnswer.read(acknowledgement: packet.body)
        case .suback, .unsuback: _ = try PacketAnswer.read(subscription: packet.body)
        default: break
        }
    }

    /// A message that was read is written and read as the same message.
    private static func check(_ message: IncomingMessage) {
        var writer = PacketWriter()
        writer.appendPublish(
            topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain,
            properties: message.properties.bytes, packetID: message.packetID ?? 0)
        var again = read(writer.bytes, piece: writer.bytes.count).messages.first
        again?.dup = message.dup
        require(again == message, "a message written anew")
        require(PublishProperties(message.properties.list).list == message.properties.list, "properties encoded anew")
    }

    /// Walking a list without decoding it accepts what decoding it accepts.
    private static func check(properties bytes: [UInt8]) {
        var list = PublishProperties()
        let isList = (try? PublishProperties(validating: bytes)).map { list = $0 } != nil
        var size = 0
        for property in list.list { size += PublishProperties([property]).bytes.count }
        // A subscription identifier may be written longer than it must be.
        let hasIdentifiers = list.list.contains {
            if case .subscriptionIdentifier = $0 { true } else { false }
        }
        require(!isList || size == bytes.count || hasIdentifiers, "every property decoded")
    }
}
