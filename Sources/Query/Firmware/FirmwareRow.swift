public import DeviceProtocol

/// The firmware that a device says it runs, against the one that the cloud offers.
public struct FirmwareRow: Sendable, Hashable {
    /// How both compare.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// They are the same.
        case upToDate = "up_to_date"
        /// The cloud offers a newer one.
        case upgrade
        /// The cloud offers an older one.
        case downgrade
        /// They differ, and their spelling does not tell which is newer.
        case differs
        /// One of them is not known.
        case unknown
    }

    /// Where the device named its firmware.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// In its description of itself.
        case update
        /// As a metric.
        case telemetry
    }

    /// The device.
    public var device: DeviceID?
    /// How reported and latest firmware compare.
    public var state: State
    /// The firmware that the device named last.
    public var reported: String?
    /// When it named it first since it named another one; of a metric, when it named it last.
    public var reportedAt: Timestamp?
    /// Where it named it.
    public var source: Source?
    /// The one that it named before.
    public var previous: String?
    /// The firmware that the cloud offered last.
    public var latest: String?
    /// When the cloud offered it first since it offered another one.
    public var latestAt: Timestamp?
    /// The file of it.
    public var fileID: String?
    /// Messages with which the cloud offered it, since it offered another one.
    public var notices: Int
    /// How long the device took to name the firmware that was offered, ns.
    public var lag: Int64?
    /// For how long the device has not followed, until the end of the window or tape, ns.
    public var behindFor: Int64?
}
