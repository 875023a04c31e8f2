public import DeviceProtocol
import JSONScan
public import Tape

/// The samples of a ``SampleScan``, each as a row of its own.
public struct TelemetryStream {
    /// The reading behind it.
    public var scan: SampleScan

    /// Begins with the first selected message.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - selection: which messages; its devices are those that samples are about, its kinds do not matter.
    ///   - metrics: patterns, one of which a metric's name must fit; none for all metrics.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public init(_ tape: TapeReader, _ selection: Selection, metrics: [Glob]) throws(TapeError) {
        scan = try SampleScan(tape, selection, metrics: metrics)
    }

    /// The next row; nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> TelemetryRow? {
        try scan.next().map { scan.row($0) }
    }
}

extension SampleScan {
    /// A sample with its names and its value.
    public func row(_ sample: TelemetrySample) -> TelemetryRow {
        TelemetryRow(
            sequence: sample.sequence, arrival: Timestamp(nanoseconds: sample.arrival),
            deviceTime: sample.deviceTime.map(Timestamp.init(nanoseconds:)), device: sample.device.map { devices[$0] },
            metric: sample.metric.map { metrics[$0] },
            value: sample.value.isEmpty ? nil : try? JSONValue.parse(Array(sample.bytes[sample.value]).span),
            status: sample.condition.map { conditions[$0] }, operation: sample.operation)
    }
}
