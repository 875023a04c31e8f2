import CMosquitto
import Glibc
import MQTTWire

/// Where libmosquitto's callbacks leave what they are told, until the connection's owner takes it.
///
/// All callbacks run inside `mosquitto_loop_read`, `_write` and `_misc`, on the one thread that drives the connection,
/// so that nothing here needs a lock.
final class Inbox {
    private(set) var events: [ConnectionEvent] = []
    /// The accepted connection's terms, once there are any.
    private(set) var acknowledgement: ConnectionAcknowledgement?
    /// The reason code of a refused CONNECT.
    private(set) var refusal: UInt8?
    /// The reason code of the broker's DISCONNECT.
    private(set) var farewell: UInt8?
    /// libmosquitto's last error message, which says more than its error codes (TLS above all).
    private(set) var lastError: String?

    /// Bytes of the messages among the events.
    private(set) var waitingBytes = 0
    /// Packets received on this connection.
    private(set) var packetsHeard = 0

    /// The DUP flag of the PUBLISH that is being handled: libmosquitto hands it over in its debug log only, just
    /// before the message's callback.
    private var dup = false
    /// What that log line begins with, up to the flag's digit.
    private let publishPrefix: [CChar]
    /// What the log line of any received packet begins with.
    private let receivedPrefixLength: Int

    init(clientID: String) {
        receivedPrefixLength = "Client \(clientID) received ".utf8.count
        publishPrefix = "Client \(clientID) received PUBLISH (d".utf8.map(CChar.init(bitPattern:))
    }

    func reset() {
        events.removeAll(keepingCapacity: true)
        waitingBytes = 0
        acknowledgement = nil
        refusal = nil
        farewell = nil
        lastError = nil
    }

    func takeEvents() -> [ConnectionEvent] {
        defer {
            events.removeAll(keepingCapacity: true)
            waitingBytes = 0
        }
        return events
    }

    /// Sets all callbacks.
    ///
    /// They are formed here, in no actor's context, and capture nothing, as C demands.
    static func install(on handle: OpaquePointer) {
        mosquitto_connect_v5_callback_set(handle) { _, context, code, flags, properties in
            Inbox.from(context)?.connected(code: code, flags: flags, properties: properties)
        }
        mosquitto_disconnect_v5_callback_set(handle) { _, context, code, _ in
            Inbox.from(context)?.farewell = UInt8(truncatingIfNeeded: code)
        }
        mosquitto_message_v5_callback_set(handle) { _, context, message, properties in
            guard let message else { return }
            Inbox.from(context)?.received(message.pointee, properties)
        }
        mosquitto_subscribe_v5_callback_set(handle) { _, context, packetID, count, codes, _ in
            guard count > 0, let codes else { return }
            let code = UInt8(truncatingIfNeeded: codes[0])
            Inbox.from(context)?.events.append(.subscribed(packetID: packetID, reasonCode: code))
        }
        mosquitto_publish_v5_callback_set(handle) { _, context, packetID, code, _ in
            let code = UInt8(truncatingIfNeeded: code)
            Inbox.from(context)?.events.append(.published(packetID: packetID, reasonCode: code))
        }
        mosquitto_log_callback_set(handle) { _, context, level, text in
            guard let text else { return }
            Inbox.from(context)?.logged(level: level, text: text)
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Inbox? {
        context.map { Unmanaged<Inbox>.fromOpaque($0).takeUnretainedValue() }
    }

    private func connected(code: Int32, flags: Int32, properties: OpaquePointer?) {
        guard code == 0 else {
            refusal = UInt8(truncatingIfNeeded: code)
            return
        }
        let accepted = ConnectionAcknowledgement(
            sessionPresent: flags & 1 != 0,
            receiveMaximum: PropertyList.int16(properties, MQTT_PROP_RECEIVE_MAXIMUM) ?? .max,
            maximumQoS: PropertyList.byte(properties, MQTT_PROP_MAXIMUM_QOS).flatMap(QualityOfService.init)
                ?? .exactlyOnce)
        acknowledgement = accepted
        events.append(.connected(accepted))
    }

    private func received(_ message: mosquitto_message, _ properties: OpaquePointer?) {
        waitingBytes += Int(max(0, message.payloadlen))
        let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(max(0, message.payloadlen)))
        events.append(
            .message(
                IncomingMessage(
                    topic: message.topic.map { String(cString: $0) } ?? "", payload: Array(payload),
                    qos: QualityOfService(rawValue: UInt8(truncatingIfNeeded: message.qos)) ?? .atMostOnce,
                    retain: message.retain, dup: message.qos == 1 && dup,
                    packetID: message.qos > 0 ? UInt16(truncatingIfNeeded: message.mid) : nil,
                    properties: PropertyList.read(properties))))
    }

    private func logged(level: Int32, text: UnsafePointer<CChar>) {
        if level == MOSQ_LOG_ERR || level == MOSQ_LOG_WARNING {
            lastError = String(cString: text)
        } else if level == MOSQ_LOG_DEBUG, strncmp(text, publishPrefix, receivedPrefixLength) == 0 {
            packetsHeard += 1
            guard strncmp(text, publishPrefix, publishPrefix.count) == 0 else { return }
            dup = text[publishPrefix.count] == CChar(bitPattern: UInt8(ascii: "1"))
        }
    }
}
