import DeviceProtocol
import JSONScan
import MQTTWire
import Query
import Tape
import Terminal

/// Writes messages in any format; JSON Lines without a detour.
struct MessagePrinter {
    private var json: MessageJSON?
    private var rows: RowPrinter
    private var lines = 0
    private let showsTopic: Bool
    private let output: OutputBuffer

    /// Begins an answer on standard output.
    init(
        _ screen: Screen, _ question: TapeQuestion, isGrowing: Bool,
        output: OutputBuffer = OutputBuffer(descriptor: 1)
    ) throws {
        let times = question.times(isGrowing: isGrowing)
        try self.init(screen, times, hidesDevice: question.selection.devices.count == 1, output: output)
        json?.snapshots = question.snapshots
    }

    /// Begins an answer.
    init(_ screen: Screen, _ times: TableTime, hidesDevice: Bool, output: OutputBuffer) throws {
        self.output = output
        json = screen.format == .jsonl ? MessageJSON() : nil
        showsTopic = screen.width.map { $0 >= Self.roomForTopic } ?? true
        rows = try RowPrinter(
            Self.columns(times, hidesDevice: hidesDevice, showsTopic: showsTopic, isNarrow: screen.isNarrow), screen,
            times: times, output: output)
    }

    /// Messages written.
    var count: Int { lines + rows.count }

    /// The columns that the terminal has no room for.
    var hiddenTitles: [String] { rows.hiddenTitles }

    /// Writes a message.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func write(_ row: MessageRow) throws {
        if json == nil { return try rows.write(values(row)) }
        lines += 1
        try json?.write(row, to: output)
    }

    /// Writes out what is held back.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func flush() throws {
        try rows.flush()
    }

    /// The columns from which on a terminal shows topics, most of which device and kind tell already: then the payload
    /// keeps 40 columns beside them.
    private static let roomForTopic = 160

    private static func columns(
        _ times: TableTime, hidesDevice: Bool, showsTopic: Bool, isNarrow: Bool
    ) -> [OutputColumn] {
        // Where ids are not shortened in the middle, they must not be cut at their end either.
        let device = OutputColumn("device", minimumWidth: isNarrow ? 13 : 36, priority: 2)
        let topic = OutputColumn("topic", minimumWidth: 32, priority: 0)
        return [
            OutputColumn("seq", .trailing, priority: 3),
            OutputColumn("time", title: times.title("time"), minimumWidth: 12, priority: 6),
            OutputColumn(machineOnly: "device_time"),
            hidesDevice ? device.withoutTable : device,
            OutputColumn("kind", minimumWidth: 9, priority: 5),
            showsTopic ? topic : topic.withoutTable,
            OutputColumn("qos", .trailing, priority: 1),
            OutputColumn(machineOnly: "retain"),
            OutputColumn(machineOnly: "dup"),
            OutputColumn("payload", minimumWidth: 24, priority: 4),
            OutputColumn(machineOnly: "payload_base64"),
            OutputColumn(machineOnly: "properties"),
            OutputColumn(machineOnly: "session"),
            OutputColumn(machineOnly: "duplicate_of"),
            OutputColumn(machineOnly: "redactions"),
        ]
    }

    private func values(_ row: MessageRow) -> [OutputValue] {
        let message = row.message
        let text = String(validating: message.payload, as: UTF8.self)
        var properties: String?
        if !message.properties.isEmpty {
            properties = String(decoding: PropertiesJSON.bytes(message.properties), as: UTF8.self)
        }
        return [
            .integer(message.sequence),
            .time(message.arrival),
            .optional(row.deviceTime, OutputValue.time),
            device(row),
            .text(row.kind.rawValue),
            .text(message.topic),
            .integer(Int64(message.qos.rawValue)),
            .flag(message.retain),
            .flag(message.dup),
            Self.payload(text, message.payload.count),
            .optional(text == nil ? Base64Text.encode(message.payload.span) : nil, OutputValue.text),
            .optional(properties, OutputValue.text),
            .integer(message.session),
            .optional(message.duplicateOf, OutputValue.integer),
            message.redactions > 0 ? .integer(Int64(message.redactions)) : .absent,
        ]
    }

    /// The device; the table shows the topic of a message that it tells nothing else about.
    private func device(_ row: MessageRow) -> OutputValue {
        if let device = row.device { return .id(device.text) }
        guard row.kind == .unknown, !showsTopic else { return .absent }
        return .shown(.absent, as: TextTable.Cell(row.message.topic, .dim))
    }

    /// The text of a payload; the table says of one that has none what it is.
    private static func payload(_ text: String?, _ size: Int) -> OutputValue {
        guard let text else {
            return .shown(.absent, as: TextTable.Cell("(\(HumanFormat.bytes(Int64(size))) binary)", .dim))
        }
        return text.isEmpty ? .shown(.text(text), as: TextTable.Cell("(empty)", .dim)) : .text(text)
    }
}
