public import MQTTSession

/// Why a replay did not begin.
public enum ReplayError: Error, Sendable, CustomStringConvertible {
    /// The user stopped it before anything was sent.
    case cancelled
    /// The target is a broker that the tape was recorded from.
    case source(SourceMatch)
    /// The client id belongs to the recording.
    case clientIDTaken(clientID: String, owner: String)
    /// The broker took the connection but never answered CONNECT.
    case silent(broker: String, seconds: Int64)
    /// The broker could not be reached, or refused us.
    case connection(ConnectionError)
    /// The broker does not let us hear its commands.
    case commandsRefused(broker: String, code: UInt8)
    /// More devices have a connection of their own than is allowed.
    case tooManyConnections(devices: Int, limit: Int, isSystem: Bool)
    /// The operating system has no room for what a replay needs.
    case system(action: String, reason: String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .cancelled: "stopped before anything was sent"
        case .source(let match): match.description
        case .clientIDTaken(let clientID, let owner):
            "-i \(clientID) is \(owner): two clients of one id throw each other out (MQTT 5.0 §3.1.4); leave -i away"
        case .silent(let broker, let seconds):
            "the broker at \(broker) took the connection but did not answer for \(seconds) s; is it an MQTT broker?"
        case .connection(let error): error.description
        case .commandsRefused(let broker, let code):
            "the broker at \(broker) refuses to let us hear its commands (0x\(String(code, radix: 16))), which "
                + "--wait-for-commands needs: allow subscriptions to v1/device/+/commands"
        case .tooManyConnections(let devices, let limit, false):
            "--connect per-device would open \(devices) connections and \(limit) are allowed: select fewer with "
                + "--device, or raise --max-connections"
        case .tooManyConnections(let devices, let limit, true):
            "--connect per-device needs descriptors for \(devices) connections, and this system has room for "
                + "\(limit): raise the limit (`ulimit -n`), or select fewer with --device"
        case .system(let action, let reason): "cannot \(action): \(reason)"
        }
    }
}
