/// Why a broker could not be reached, refused us, or is gone.
public enum ConnectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The options cannot be used; nothing was sent.
    case invalidOption(name: String, reason: String)
    /// No connection came about.
    case unreachable(broker: String, reason: String)
    /// The broker answered CONNECT with a refusal (MQTT 5.0 §3.2.2.2).
    case refused(broker: String, code: UInt8, reason: String)
    /// The broker speaks no MQTT 5, or not what MQTT 5 allows.
    case protocolError(broker: String, reason: String)
    /// The connection broke.
    case lost(broker: String, reason: String)
    /// The broker closed the connection with a reason (MQTT 5.0 §3.14.2.1).
    case disconnected(broker: String, code: UInt8, reason: String)
    /// A message that cannot be sent.
    case unsendable(topic: String, reason: String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .invalidOption(let name, let reason): "\(name): \(reason)"
        case .unreachable(let broker, let reason): "cannot reach the broker at \(broker): \(reason)"
        case .refused(let broker, let code, let reason):
            "the broker at \(broker) refused the connection: \(reason) (0x\(String(code, radix: 16)))\(Self.advice(code))"
        case .protocolError(let broker, let reason): "the broker at \(broker) does not speak MQTT 5 with us: \(reason)"
        case .lost(let broker, let reason): "the connection to \(broker) is gone: \(reason)"
        case .disconnected(let broker, let code, let reason):
            "the broker at \(broker) closed the connection: \(reason) (0x\(String(code, radix: 16)))"
        case .unsendable(let topic, let reason): "a message on \(topic) cannot be sent: \(reason)"
        }
    }

    /// Whether trying again with the same options may work.
    public var isTransient: Bool {
        switch self {
        case .unreachable, .lost, .protocolError: true
        case .refused(_, let code, _): !Self.permanentRefusals.contains(code)
        // 0x8E: somebody else uses our client id; fighting over it would throw both out for ever.
        case .disconnected(_, let code, _): code != 0x8e
        case .invalidOption, .unsendable: false
        }
    }

    /// Unsupported protocol, client identifier, user name or password, not authorised, banned, authentication method,
    /// MQTT 5.0 §3.2.2.2.
    private static let permanentRefusals: Set<UInt8> = [0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c]

    private static func advice(_ code: UInt8) -> String {
        switch code {
        case 0x86, 0x87: "; check -u and the password (TAPEDECK_PASSWORD or --password-file)"
        case 0x84: "; it may speak only MQTT 3"
        case 0x85: "; choose another one with -i"
        default: ""
        }
    }
}
