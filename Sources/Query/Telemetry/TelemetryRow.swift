public import DeviceProtocol
public import JSONScan

/// What one telemetry message says about one metric of one device.
public struct TelemetryRow: Sendable, Hashable {
    /// What becomes of the metric in the device's state.
    ///
    /// https://dev.xyte.io/reference/send-telemetry
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// It gets the value.
        case set
        /// It is removed (the payload says null).
        case delete
        /// The whole state is replaced (`override`), this metric gets the value. Without a metric: everything is
        /// removed, as far as the query can see it.
        case replace
    }

    /// Place of the message in the tape.
    public var sequence: Int64
    /// Wall time of arrival.
    public var arrival: Timestamp
    /// When the device took the sample, by its own clock, where that can be read.
    public var deviceTime: Timestamp?
    /// The device that the sample is about.
    public var device: DeviceID?
    /// The metric's name; nil only with ``Operation/replace``.
    public var metric: String?
    /// The value with its literal spelling; nil when there is none.
    public var value: JSONValue?
    /// What the device calls its condition in this message.
    public var status: String?
    /// What becomes of the metric.
    public var operation: Operation
}
