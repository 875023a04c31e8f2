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
    /// Its direction, device or kind is left out.
    case excluded
    /// Its payload, or topic, holds a placeholder for a secret that nobody has, or a number in the place of one.
    ///
    /// `--credentials` gives access keys, `--send-placeholders` sends what the payload holds.
    case redactedPayload = "redacted_payload"
    /// Its topic, or response topic, would become one that cannot be published on.
    case invalidTopic = "invalid_topic"

    /// A few words for a person.
    public var summary: String {
        switch self {
        case .cloudToDevice: "published by the cloud (see --include-cloud)"
        case .unknownDirection: "of unknown direction (see --include-cloud)"
        case .duplicate: "redelivered to the recorder, sent once"
        case .brokerTopic: "on the broker's own topics"
        case .excluded: "left out by --direction or --exclude-…"
        case .redactedPayload: "with a redacted secret in the payload (see --credentials, --send-placeholders)"
        case .invalidTopic: "whose new topic MQTT cannot carry (see --remap, --map-device)"
        }
    }
}
