public import DeviceProtocol

/// What the selected messages show of a device.
public struct DeviceRow: Sendable, Hashable {
    /// The device.
    public var device: DeviceID
    /// The earliest time of arrival of a message, in either direction.
    public var firstSeen: Timestamp
    /// The latest time of arrival of a message, in either direction.
    public var lastSeen: Timestamp
    /// Messages on its topics, and of other devices' topics that name it.
    public var messages: Int
    /// What it called its condition last.
    public var status: String?
    /// The firmware that it named last.
    public var firmware: String?
    /// The model or variant that it named last.
    public var model: String?
    /// By how much its clock is ahead of the recorder's, ns.
    ///
    /// The median of its own time less the time of arrival, so the way of the messages is in it, over the newest 127
    /// telemetry messages: a clock that was wrong a month ago is no news. Samples that were held back are left out, and
    /// times that no clock shows.
    public var clockSkew: Int64?
    /// The median time between two telemetry messages, over the newest 127 of them, ns.
    public var period: Int64?
    /// Of the times of which ``clockSkew`` is the median, the one farthest from it, ns.
    public var worstClockSkew: Int64?
    /// How many of these times are farther from the median than a second and five times the median distance from it.
    public var clockOutliers: Int?
    /// How many messages of each kind there are.
    public var kinds: [MessageKind: Int] = [:]
}
