/// Why a selected message is not published.
public enum SkipReason: String, Sendable, Hashable, CaseIterable {
    /// The cloud published it; `--include-cloud` sends these too.
    case cloudToDevice = "cloud_to_device"
    /// Neither topic nor properties tell who published it; `--include-cloud` sends these too.
    case unknownDirection = "unknown_direction"
    /// The broker delivered it twice to the recorder; the first delivery is sent.
    case duplicate
    /// Its topic begins with `$`: the broker's own (MQTT 5.0 §4.7.2).
    case brokerTopic = "broker_topic"

    /// A few words for a person.
    public var summary: String {
        switch self {
        case .cloudToDevice: "published by the cloud (see --include-cloud)"
        case .unknownDirection: "of unknown direction (see --include-cloud)"
        case .duplicate: "redelivered to the recorder, sent once"
        case .brokerTopic: "on the broker's own topics"
        }
    }
}
