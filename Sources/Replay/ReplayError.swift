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
        case .system(let action, let reason): "cannot \(action): \(reason)"
        }
    }
}
