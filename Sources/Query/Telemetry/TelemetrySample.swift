import DeviceProtocol

/// One sample in the terms of the ``SampleScan`` that gave it: names are numbers, the value is a place in its bytes.
public struct TelemetrySample: Sendable {
    /// Place of the message in the tape.
    public var sequence: Int64
    /// Wall time of arrival, ns since the Unix epoch.
    public var arrival: Int64
    /// When the device took the sample, by its own clock, ns since the Unix epoch; nil where that cannot be read.
    public var deviceTime: Int64?
    /// The device by its place in ``SampleScan/devices``; nil where the sample is about none.
    public var device: Int?
    /// The metric by its place in ``SampleScan/metrics``; nil only with ``TelemetryRow/Operation/replace``.
    public var metric: Int?
    /// The condition by its place in ``SampleScan/conditions``.
    public var condition: Int?
    /// What becomes of the metric.
    public var operation: TelemetryRow.Operation
    /// Where the JSON text of the value lies in ``bytes``; empty where there is no value.
    public var value: Range<Int>
    /// The bytes of many values.
    public var bytes: [UInt8]

    /// Whether the device's own time can be believed (``DeviceTime/isSound(_:)``).
    public var isDeviceTimeSound: Bool {
        deviceTime.map { DeviceTime.isSound(Timestamp(nanoseconds: $0)) } ?? false
    }
}
