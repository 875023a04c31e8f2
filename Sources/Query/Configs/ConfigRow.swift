public import DeviceProtocol

/// One version of the configuration of a device.
public struct ConfigRow: Sendable, Hashable {
    /// How far a version came.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The cloud sent it last, and it is the one that the device named last.
        case converged
        /// The cloud sent it last, and the device has not named it, or has named another one since.
        case waiting
        /// The cloud sent another one since.
        case superseded
        /// Only the device named it.
        case local
    }

    /// What is odd about a version; the raw values are what queries show.
    public enum Anomaly: String, Sendable, Hashable, CaseIterable {
        /// The messages have no version.
        case missingVersion = "missing_version"
        /// The cloud sent it after a higher one.
        case wentBack = "went_back"
        /// The cloud sent the same version with another content.
        case contentChanged = "content_changed"
        /// The device sent it back with another content.
        case echoDiffers = "echo_differs"
        /// The device named it before the cloud sent it.
        case echoBeforeSent = "echo_before_sent"
        /// Whether `config` is the configuration or one of its fields cannot be told.
        case ambiguous
    }

    /// The device.
    public var device: DeviceID?
    /// The version as it was spelled first; nil for messages without one.
    public var version: String?
    /// How far it came.
    public var state: State
    /// When the cloud sent it first.
    public var sentAt: Timestamp?
    /// When the device sent it back first (`config/update`).
    public var echoedAt: Timestamp?
    /// When the device first named it in its description of itself (`update`).
    public var appliedAt: Timestamp?
    /// From the first delivery to the first time after it that the device named the version, ns.
    public var lag: Int64?
    /// Since when sent and named version are the same; only with ``State/converged``.
    public var convergedAt: Timestamp?
    /// Since the first delivery, until the end of the window or tape, ns; only with ``State/waiting``.
    public var waitingFor: Int64?
    /// Messages with which the cloud sent it.
    public var deliveries: Int
    /// Messages with which the device sent it back.
    public var echoes: Int
    /// When it was changed, as the cloud said.
    public var lastUpdated: Timestamp?
    /// The version that the differences are against: the one that was sent or echoed before.
    public var previous: String?
    /// How many differences there are to ``previous``; nil where there is none.
    public var changeCount: Int?
    /// The differences to ``previous``, where they were asked for.
    public var changes: [ConfigChange]?
    /// How what the device sent back differs from what it had got, where that was asked for.
    public var echoChanges: [ConfigChange]?
    /// What is odd.
    public var anomalies: [Anomaly]
}
