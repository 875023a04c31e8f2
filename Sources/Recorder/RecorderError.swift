public import MQTTSession
public import Tape

/// Why a recording could not begin or go on.
public enum RecorderError: Error, CustomStringConvertible {
    /// The tape could not be opened or written.
    case tape(TapeError)
    /// The broker could not be reached, or refused us for good.
    case connection(ConnectionError)
    /// The broker refused subscriptions.
    case refused(filters: [String])

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .tape(let error): error.description
        case .connection(let error): error.description
        case .refused(let filters):
            "the broker refused to subscribe us to \(filters.map { "`\($0)`" }.joined(separator: ", ")): "
                + "ask for the right to read it, choose other filters with -t, or go on with what was granted by --best-effort"
        }
    }
}
