public import DeviceProtocol
import JSONScan

/// The values of one slot of many messages.
public struct FieldColumn {
    let column: DecodedColumn
    private let separator: [UInt8]

    init(_ column: DecodedColumn, separator: [UInt8]) {
        self.column = column
        self.separator = separator
    }

    /// Appends the literal text of a row's value, as it stood in the payload: a string with its quotes.
    public func append(_ row: Int, to output: inout [UInt8]) {
        column.append(row, separator: separator, to: &output)
    }

    /// The literal texts of many rows, far faster than one by one.
    ///
    /// - Parameters:
    ///   - rows: how many rows the group has.
    ///   - wanted: for each row whether its text is needed; nil for all.
    /// - Returns: the texts.
    /// - Throws: ``FieldDamage`` where they would be larger than those of any segment.
    public func texts(rows: Int, wanted: [Bool]? = nil) throws(FieldDamage) -> FieldTexts {
        var pool = TextPool()
        do {
            let ranges = try column.print(rows: rows, wanted: wanted, separator: separator, into: &pool)
            return FieldTexts(bytes: pool.bytes, ranges: ranges)
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }

    /// A row's value as a number; nil where it is none.
    ///
    /// Correctly rounded, as reading the literal would be.
    public func double(_ row: Int) -> Double? {
        if let exact = column.exactDouble(row) { return exact }
        var text: [UInt8] = []
        append(row, to: &text)
        guard let number = try? JSONValue.parse(text.span).number else { return nil }
        return number.double
    }

    /// A row's value as text; nil where it is no string.
    public func string(_ row: Int) -> String? {
        var text: [UInt8] = []
        text.reserveCapacity(Self.usualSize)
        append(row, to: &text)
        return Self.string(text)
    }

    /// A row's value as text, of a number its literal; nil where it is neither.
    public func textOrNumber(_ row: Int) -> String? {
        var text: [UInt8] = []
        text.reserveCapacity(Self.usualSize)
        append(row, to: &text)
        guard let first = text.first else { return nil }
        let isNumber = first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10
        return isNumber ? String(decoding: text, as: UTF8.self) : Self.string(text)
    }

    /// A row's value as a UUID; nil where it is none, or where ``string(_:)`` must decide.
    ///
    /// - Parameters:
    ///   - row: the row.
    ///   - scratch: memory that is used again from row to row.
    /// - Returns: the UUID.
    public func uuid(_ row: Int, _ scratch: inout [UInt8]) -> UUIDText? {
        guard case .uuid = column.form else { return nil }
        scratch.removeAll(keepingCapacity: true)
        append(row, to: &scratch)
        return UUIDText.quoted.parse(scratch.span).map { UUIDText($0) }
    }

    /// A UUID with its quotes fits.
    private static let usualSize = 40

    private static func string(_ text: [UInt8]) -> String? {
        guard text.count >= 2, text[0] == UInt8(ascii: "\"") else { return nil }
        // Nearly always there is nothing to unescape.
        if !text.contains(UInt8(ascii: "\\")) { return String(decoding: text[1..<text.count - 1], as: UTF8.self) }
        return try? JSONValue.parse(text.span).string
    }

    /// A row's value as the time that a device states.
    public func time(_ row: Int) -> DeviceTime {
        var text: [UInt8] = []
        append(row, to: &text)
        return DeviceTime(try? JSONValue.parse(text.span))
    }

    /// A row's value as an instant, where it is written as a time in UTC; nil where ``time(_:)`` must decide.
    public func utc(_ row: Int) -> Timestamp? {
        column.utc(row).map(Timestamp.init(nanoseconds:))
    }

    /// Whether all rows surely have the same value; false says nothing.
    public var isConstant: Bool { column.isConstant }

    /// Whether all rows surely are numbers within ±2³¹, written without an exponent; false says nothing.
    public var isPlainNumber: Bool { column.isPlainNumber }

    /// Whether all rows surely are strings of at most 40 bytes: UUIDs, times and the like; false says nothing.
    public var isShortString: Bool { column.isShortString }

    /// Whether two rows surely have the same value; false says nothing.
    public func isSame(_ row: Int, as other: Int) -> Bool {
        column.isSame(row, as: other)
    }
}

/// The literal texts of a column.
public struct FieldTexts: Sendable {
    /// Texts side by side; equal ones may share their place.
    public let bytes: [UInt8]
    @usableFromInline let ranges: [ByteRange]

    init(bytes: [UInt8], ranges: [ByteRange]) {
        self.bytes = bytes
        self.ranges = ranges
    }

    /// Where a row's text lies in ``bytes``.
    @inlinable
    public subscript(row: Int) -> Range<Int> { ranges[row].range }
}

extension DecodedColumn {
    /// A decimal value, exactly; nil where the row has none, or where it cannot be had without reading its text.
    func exactDouble(_ row: Int) -> Double? {
        guard case .decimal(let form) = form, !form.isQuoted, let value = value(ofRow: row),
            value.magnitude < 1 << 53, form.decimals <= 22
        else { return nil }
        // Both are exact, so that the quotient is rounded once (Clinger's fast path).
        return Double(value) / Self.powers[form.decimals]
    }

    /// A time written in UTC as ns since the Unix epoch.
    func utc(_ row: Int) -> Int64? {
        guard case .time(let form) = form, form.isQuoted, form.isUTC,
            let value = value(ofRow: row), let scale = Powers.ofTen(9 - form.fractionDigits)
        else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: scale)
        return overflow ? nil : product
    }

    var isConstant: Bool { kind == .constant }

    var isPlainNumber: Bool {
        guard kind == .values, case .decimal(let form) = form, !form.isQuoted, form.decimals <= 9,
            let unit = Powers.ofTen(form.decimals)
        else { return false }
        let limit = unit &* Int64(Int32.max)
        return values.allSatisfy { $0 >= -limit && $0 <= limit }
    }

    var isShortString: Bool {
        guard kind == .values else { return false }
        switch form {
        case .uuid(let form): return form.isQuoted
        case .time(let form): return form.isQuoted
        case .decimal(let form): return form.isQuoted
        case .ratio(let form): return form.isQuoted
        case .hex, nil: return false
        }
    }

    private static let powers: [Double] = (0...22).map { exponent in
        var power = 1.0
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
