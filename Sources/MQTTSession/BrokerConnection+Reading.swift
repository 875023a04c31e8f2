import MQTTWire

extension BrokerConnection {
    /// Reads what has arrived, until nothing more is there or one of the limits is reached.
    ///
    /// The second half of QoS 2 (MQTT 5.0 §4.3.3) is answered here, unless messages of ours wait for a ``flush()``.
    ///
    /// - Parameters:
    ///   - limit: events waiting to be taken.
    ///   - byteLimit: bytes of the messages among them; one message more than that may be there.
    /// - Returns: whether the socket was read empty.
    /// - Throws: ``ConnectionError`` when the connection is gone; events read before are still there to be taken.
    public func read(limit: Int, byteLimit: Int = 8 << 20) throws(ConnectionError) -> Bool {
        guard let stream else { throw .lost(broker: broker, reason: "it is not connected") }
        isDrained = false
        let mayWrite = outgoing.isEmpty
        while events.count < limit, waitingBytes < byteLimit {
            do throws(MalformedPacket) {
                if let packet = try received.next() {
                    try handle(packet)
                    continue
                }
            } catch {
                throw .protocolError(broker: broker, reason: error.reason)
            }
            if let ending { throw ending }
            switch stream.receive(into: received.room()) {
            case .bytes(let count): received.filled(count)
            case .blocked:
                isDrained = true
                pulse.drained(heard: packetsHeard, at: MonotonicClock.now)
                if mayWrite { try writeOutgoing() }
                return true
            case .ended: throw failure(.closed)
            case .failed(let error): throw failure(error)
            }
        }
        if let ending { throw ending }
        // The message that filled the limit has been copied out of it.
        received.shrink()
        pulse.heard(packetsHeard, at: MonotonicClock.now)
        if mayWrite { try writeOutgoing() }
        return false
    }

    private func handle(_ packet: ReceiveBuffer.Packet) throws(MalformedPacket) {
        packetsHeard += 1
        guard let type = PacketType(rawValue: packet.header >> 4) else {
            throw MalformedPacket(reason: "packet type 0")
        }
        guard terms != nil || type == .connack else {
            throw MalformedPacket(reason: "packet type \(type.rawValue) before the answer to CONNECT")
        }
        switch type {
        case .publish: try deliver(IncomingMessage.read(packet.header, packet.body))
        case .puback: try acknowledged(.read(acknowledgement: packet.body), of: .publishOnce)
        case .pubrec: try recorded(.read(acknowledgement: packet.body))
        case .pubcomp: try acknowledged(.read(acknowledgement: packet.body), of: .release)
        case .pubrel:
            // The message was stored before its PUBREC left: nothing has to wait.
            outgoing.appendAnswer(.pubcomp, packetID: try PacketAnswer.read(acknowledgement: packet.body).packetID)
        case .suback:
            let answer = try PacketAnswer.read(subscription: packet.body)
            guard requests.remove(answer.packetID, .subscribe) else { return }
            events.append(.subscribed(packetID: Int32(answer.packetID), reasonCode: answer.code))
        case .unsuback: _ = requests.remove(try PacketAnswer.read(subscription: packet.body).packetID, .unsubscribe)
        case .pingresp: break
        case .connack: try accepted(packet.body)
        case .disconnect:
            // No reason code means 0 (MQTT 5.0 §3.14.2.1).
            ending = farewell(packet.body.first ?? 0)
        case .connect, .subscribe, .unsubscribe, .pingreq, .auth:
            throw MalformedPacket(reason: "packet type \(type.rawValue), which a broker must not send here")
        }
    }

    private func deliver(_ message: IncomingMessage) {
        if let packetID = message.packetID {
            answers.appendAnswer(message.qos == .exactlyOnce ? .pubrec : .puback, packetID: packetID)
        }
        waitingBytes &+= message.payload.count &+ message.properties.bytes.count &+ message.topic.utf8.count
        events.append(.message(message))
    }

    private func accepted(_ body: UnsafeRawBufferPointer) throws(MalformedPacket) {
        guard terms == nil else { throw MalformedPacket(reason: "a second answer to CONNECT") }
        let (accepted, code) = try ConnectionAcknowledgement.read(body)
        guard code == 0 else {
            let said = accepted.reason.map { ", \($0)" } ?? ""
            ending = .refused(broker: broker, code: code, reason: ReasonCode.name(code) + said)
            return
        }
        terms = accepted
        events.append(.connected(accepted))
    }

    private func farewell(_ code: UInt8) -> ConnectionError {
        code >= 0x80
            ? .disconnected(broker: broker, code: code, reason: ReasonCode.name(code))
            : .lost(broker: broker, reason: "the broker closed the connection")
    }

    /// A message of ours is done.
    private func acknowledged(_ answer: PacketAnswer, of kind: Requests.Kind) {
        // What nobody waits for is an answer to what was given up; it does no harm.
        guard requests.remove(answer.packetID, kind) else { return }
        events.append(.published(packetID: Int32(answer.packetID), reasonCode: answer.code))
    }

    /// The broker has a message of ours at QoS 2, or refuses it (MQTT 5.0 §4.3.3).
    private func recorded(_ answer: PacketAnswer) {
        if answer.code >= 0x80 {
            acknowledged(answer, of: .publishTwice)
        } else if requests.remove(answer.packetID, .publishTwice) {
            requests.add(.release, answer.packetID)
            outgoing.appendAnswer(.pubrel, packetID: answer.packetID)
        }
    }
}
