import DeviceProtocol
import JSONScan
import Terminal

/// One value of a row, in no particular format.
enum OutputValue {
    /// Nothing: left out of JSON, empty elsewhere.
    case absent
    /// Text of any origin.
    case text(String)
    /// What tells a thing from others; a narrow table shows its beginning and its end.
    case id(String)
    /// Text with a colour in tables.
    case painted(String, Style.Role)
    /// An instant.
    case time(Timestamp)
    /// A whole number.
    case integer(Int64)
    /// Any number; infinities and NaN are absent from JSON.
    case number(Double)
    /// A truth value.
    case flag(Bool)
    /// A length of time that is counted in milliseconds, ns.
    case milliseconds(Int64)
    /// A length of time that is counted in seconds, ns.
    case seconds(Int64)
    /// Any JSON value.
    case json(JSONValue)
    /// Words.
    case words([String])
    /// A value that a table shows as something else.
    indirect case shown(OutputValue, as: TextTable.Cell)

    /// Nothing for nil, else what `make` makes of the value.
    static func optional<Value>(_ value: Value?, _ make: (Value) -> OutputValue) -> OutputValue {
        value.map(make) ?? .absent
    }
}

extension OutputValue {
    /// Whether there is nothing.
    var isAbsent: Bool {
        switch self {
        case .absent: true
        case .shown(let value, _): value.isAbsent
        default: false
        }
    }

    /// Appends the value as JSON; what ``isAbsent`` must not come here.
    func write(to line: inout JSONLine) {
        switch self {
        case .absent: line.append("null")
        case .text(let text), .id(let text), .painted(let text, _): line.append(text: text)
        case .time(let time):
            line.append("\"")
            line.append(time)
            line.append("\"")
        case .integer(let value): line.append(value)
        case .number(let value): line.append(Array(Self.spelled(value).utf8))
        case .flag(let value): line.append(value ? "true" : "false")
        case .milliseconds(let length): line.append(Array(Self.decimal(length, unit: 1_000_000).utf8))
        case .seconds(let length): line.append(Array(Self.decimal(length, unit: 1_000_000_000).utf8))
        case .json(let value): line.append(value)
        case .words(let words):
            line.append("[")
            for (index, word) in words.enumerated() {
                if index > 0 { line.append(",") }
                line.append(text: word)
            }
            line.append("]")
        case .shown(let value, _): value.write(to: &line)
        }
    }

    /// The field of CSV and TSV: strings as they are, other JSON as JSON; nil for nothing.
    var field: String? {
        switch self {
        case .absent: nil
        case .text(let text), .id(let text), .painted(let text, _): text
        case .time(let time): time.rfc3339
        case .integer(let value): String(value)
        case .number(let value): Self.spelled(value)
        case .flag(let value): value ? "true" : "false"
        case .milliseconds(let length): Self.decimal(length, unit: 1_000_000)
        case .seconds(let length): Self.decimal(length, unit: 1_000_000_000)
        case .json(.string(let text)): text
        case .json(let value): value.description
        case .words(let words): words.joined(separator: " ")
        case .shown(let value, _): value.field
        }
    }

    /// What a person sees in a table.
    ///
    /// - Parameters:
    ///   - times: how instants are shown.
    ///   - isNarrow: whether long ids must be shortened.
    ///   - glyphs: the characters that may be added.
    /// - Returns: the cell.
    func cell(_ times: TableTime, isNarrow: Bool, glyphs: Glyphs) -> TextTable.Cell {
        switch self {
        case .id(let id): TextTable.Cell(isNarrow ? Self.shortened(id, glyphs) : id)
        case .painted(let text, let role): TextTable.Cell(text, role)
        case .time(let time): TextTable.Cell(times.text(time))
        case .integer(let value): TextTable.Cell(HumanFormat.count(value))
        case .number(let value): TextTable.Cell(Self.shortened(value))
        case .milliseconds(let length), .seconds(let length):
            TextTable.Cell(glyphs.spelling(HumanFormat.duration(nanoseconds: length)))
        case .words(let words): TextTable.Cell(words.joined(separator: " "), .warning)
        case .shown(_, let cell): cell
        case .absent, .text, .flag, .json: TextTable.Cell(field ?? "")
        }
    }

    /// The shortest text that reads back as the number; whole numbers without a point.
    static func spelled(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return value.isFinite ? value.description : "null"
    }

    /// A number as a table shows it: six digits that matter are enough for the eye.
    static func shortened(_ value: Double) -> String {
        guard value.isFinite, value != value.rounded() || value.magnitude >= 1e15 else { return spelled(value) }
        var scale = 1.0
        while value.magnitude * scale < 100_000, scale < 1_000_000 { scale *= 10 }
        return spelled((value * scale).rounded() / scale)
    }

    /// Ids of a fleet mostly differ at one of their ends, so what is left out lies between them: `d8083a…0d0007`.
    static func shortened(_ id: String, _ glyphs: Glyphs) -> String {
        guard id.unicodeScalars.count > 16 else { return id }
        return String(id.unicodeScalars.prefix(6)) + glyphs.ellipsis + String(id.unicodeScalars.suffix(6))
    }

    /// A count of ns in a larger unit, rounded to a thousandth of it, without trailing zeros: `12.5`, `-0.001`.
    static func decimal(_ nanoseconds: Int64, unit: UInt64) -> String {
        let thousandths = (nanoseconds.magnitude + unit / 2_000) / (unit / 1_000)
        let whole = String(thousandths / 1_000)
        let rest = thousandths % 1_000
        var text = nanoseconds < 0 && thousandths > 0 ? "-" + whole : whole
        guard rest > 0 else { return text }
        text += rest < 10 ? ".00" : rest < 100 ? ".0" : "."
        text += String(rest)
        while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
        return text
    }
}
