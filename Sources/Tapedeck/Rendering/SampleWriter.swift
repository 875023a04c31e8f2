import DeviceProtocol
import JSONScan
import Query
import Terminal

/// Writes telemetry samples as JSON Lines, CSV or TSV, millions a second: names are spelled once, values are copied.
///
/// The same lines as a ``RowPrinter`` over ``TelemetryRow/columns(_:hidesDevice:)`` would write.
struct SampleWriter {
    private let format: OutputFormat
    private let clock: TelemetryClock
    private let output: OutputBuffer
    private var line: [UInt8] = []
    /// What the samples of a message have in common at their beginning.
    private var prefix: [UInt8] = []
    private var prefixSequence: Int64?
    private var prefixDevice: Int?
    private var clockTimes = TimeText()
    private var deviceTimes = TimeText()
    /// Names as the format spells them, by number.
    private var devices: [[UInt8]] = []
    private var metrics: [[UInt8]] = []
    private var conditions: [[UInt8]] = []

    /// Rows written.
    private(set) var count = 0

    /// Begins an answer; CSV and TSV get their header.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    init(_ format: OutputFormat, _ clock: TelemetryClock, output: OutputBuffer) throws {
        self.format = format
        self.clock = clock
        self.output = output
        guard format != .jsonl else { return }
        var header = DelimitedRow(format == .csv ? .csv : .tsv)
        for key in TelemetryRow.keys { header.append(key) }
        try header.write(to: output)
    }

    /// Writes a sample of a scan.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func write(_ sample: TelemetrySample, of scan: SampleScan) throws {
        learn(scan)
        line.removeAll(keepingCapacity: true)
        if prefixSequence != sample.sequence || prefixDevice != sample.device {
            prefixSequence = sample.sequence
            prefixDevice = sample.device
            prefix.removeAll(keepingCapacity: true)
            if format == .jsonl { writeJSONPrefix(sample) } else { writePrefix(sample) }
        }
        line.append(contentsOf: prefix)
        if format == .jsonl { writeJSON(sample) } else { writeFields(sample) }
        try output.append(bytes: line)
        count += 1
    }

    /// Writes out what is held back.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func flush() throws { try output.flush() }

    private mutating func learn(_ scan: SampleScan) {
        // Each list only grows.
        if devices.count < scan.devices.count {
            for device in scan.devices[devices.count...] { devices.append(spelled(device.text)) }
        }
        if metrics.count < scan.metrics.count {
            for metric in scan.metrics[metrics.count...] { metrics.append(spelled(metric)) }
        }
        if conditions.count < scan.conditions.count {
            for condition in scan.conditions[conditions.count...] { conditions.append(spelled(condition)) }
        }
    }

    private func spelled(_ text: String) -> [UInt8] {
        switch format {
        case .jsonl, .table:
            var line = JSONLine()
            line.append(text: text)
            return line.bytes
        case .csv, .tsv: return DelimitedRow.field(text, format == .csv ? .csv : .tsv)
        }
    }

    private mutating func writeJSONPrefix(_ sample: TelemetrySample) {
        prefix.append("{\"seq\":")
        prefix.append(decimal: sample.sequence)
        prefix.append(",\"time\":\"")
        clockTimes.append(sample.arrival, to: &prefix)
        if let time = sample.deviceTime {
            prefix.append("\",\"device_time\":\"")
            deviceTimes.append(time, to: &prefix)
        }
        prefix.append("\"")
        if let device = sample.device {
            prefix.append(",\"device\":")
            prefix.append(contentsOf: devices[device])
        }
    }

    private mutating func writeJSON(_ sample: TelemetrySample) {
        if let metric = sample.metric {
            line.append(",\"metric\":")
            line.append(contentsOf: metrics[metric])
        }
        if !sample.value.isEmpty {
            line.append(",\"value\":")
            writeJSONValue(sample.bytes[sample.value])
        }
        if let condition = sample.condition {
            line.append(",\"status\":")
            line.append(contentsOf: conditions[condition])
        }
        line.append(",\"op\":\"")
        line.append(Self.name(sample.operation))
        line.append("\",\"clock\":\"")
        line.append(clock.isDevice(sample) ? "device" : "arrival")
        line.append("\"}\n")
    }

    /// Numbers as they were spelled; a text without needless escapes, which is what it is spelled with before sealing.
    private mutating func writeJSONValue(_ literal: ArraySlice<UInt8>) {
        guard literal.first == UInt8(ascii: "\""), literal.contains(UInt8(ascii: "\\")),
            let text = (try? JSONValue.parse(Array(literal).span))?.string
        else { return line.append(contentsOf: literal) }
        line.append(contentsOf: spelled(text))
    }

    private var separator: UInt8 { format == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t") }

    private mutating func writePrefix(_ sample: TelemetrySample) {
        prefix.append(decimal: sample.sequence)
        prefix.append(separator)
        clockTimes.append(sample.arrival, to: &prefix)
        prefix.append(separator)
        if let time = sample.deviceTime { deviceTimes.append(time, to: &prefix) }
        prefix.append(separator)
        if let device = sample.device { prefix.append(contentsOf: devices[device]) }
        prefix.append(separator)
    }

    private mutating func writeFields(_ sample: TelemetrySample) {
        if let metric = sample.metric { line.append(contentsOf: metrics[metric]) }
        line.append(separator)
        writeField(sample.bytes[sample.value])
        line.append(separator)
        if let condition = sample.condition { line.append(contentsOf: conditions[condition]) }
        line.append(separator)
        line.append(Self.name(sample.operation))
        line.append(separator)
        line.append(clock.isDevice(sample) ? "device" : "arrival")
        if format == .csv { line.append(UInt8(ascii: "\r")) }
        line.append(UInt8(ascii: "\n"))
    }

    /// A number, a truth value or nothing stands as it is; text without its quotes; anything else as JSON.
    private mutating func writeField(_ literal: ArraySlice<UInt8>) {
        guard let first = literal.first else { return }
        switch first {
        case UInt8(ascii: "\""):
            let inner = literal.dropFirst().dropLast()
            if !inner.isEmpty, inner.allSatisfy(Self.isPlain) {
                line.append(contentsOf: inner)
                return
            }
            let text = (try? JSONValue.parse(Array(literal).span))?.string ?? ""
            line.append(contentsOf: spelled(text))
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let value = (try? JSONValue.parse(Array(literal).span))?.description ?? ""
            line.append(contentsOf: spelled(value))
        default: line.append(contentsOf: literal)
        }
    }

    /// Whether a byte of a JSON string stands for itself in a field of either format.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte != UInt8(ascii: "\\") && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "\"") && byte >= 0x20
    }

    private static func name(_ operation: TelemetryRow.Operation) -> StaticString {
        switch operation {
        case .set: "set"
        case .delete: "delete"
        case .replace: "replace"
        }
    }
}

/// Spells instants that mostly share their second with the one before.
private struct TimeText {
    private var second = Int64.min
    private var prefix: [UInt8] = []

    /// Appends an instant, RFC 3339.
    mutating func append(_ nanoseconds: Int64, to line: inout [UInt8]) {
        let rest = nanoseconds % 1_000_000_000
        guard rest >= 0 else { return Timestamp(nanoseconds: nanoseconds).appendRFC3339(to: &line) }
        let second = nanoseconds / 1_000_000_000
        if second != self.second {
            self.second = second
            prefix.removeAll(keepingCapacity: true)
            Timestamp(nanoseconds: second * 1_000_000_000).appendRFC3339(to: &prefix)
            prefix.removeLast(10)
        }
        line.append(contentsOf: prefix)
        let fraction = UInt64(rest)
        line.append(addingCapacity: 10) { (output: inout OutputSpan<UInt8>) in
            var divisor: UInt64 = 100_000_000
            while divisor > 0 {
                output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / divisor % 10))
                divisor /= 10
            }
            output.append(UInt8(ascii: "Z"))
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    fileprivate mutating func append(decimal value: Int64) {
        append(addingCapacity: 20) { (output: inout OutputSpan<UInt8>) in
            if value < 0 { output.append(UInt8(ascii: "-")) }
            var divisor: UInt64 = 1
            while value.magnitude / divisor >= 10 { divisor *= 10 }
            while divisor > 0 {
                output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value.magnitude / divisor % 10))
                divisor /= 10
            }
        }
    }
}
