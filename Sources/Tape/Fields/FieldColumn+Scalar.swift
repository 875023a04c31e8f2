public import JSONScan

/// A value of a column, read as what it is.
public enum FieldScalar: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number without fraction and exponent that 64 bits hold, exactly.
    case integer(Int64)
    /// Any other number, correctly rounded.
    case real(Double)
    /// A string.
    case string(String)
    /// An array, or nothing that is JSON.
    case other
}

extension FieldColumn {
    /// A row's value.
    public func scalar(_ row: Int) -> FieldScalar {
        if let number = column.exactNumber(row) { return number }
        var text: [UInt8] = []
        append(row, to: &text)
        return FieldScalar(literal: text)
    }

    /// The value that all rows have; nil where they may differ.
    public var constant: FieldScalar? {
        column.constantText.map { FieldScalar(literal: $0) }
    }
}

extension FieldScalar {
    /// Reads a literal as it stands in JSON.
    public init(literal: [UInt8]) {
        guard let value = try? JSONValue.parse(literal.span) else {
            self = .other
            return
        }
        self.init(value)
    }

    /// Takes a value.
    public init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = number.int64.map(FieldScalar.integer) ?? .real(number.double)
        case .string(let text): self = .string(text)
        case .array, .object: self = .other
        }
    }
}

extension DecodedColumn {
    /// A decimal number that can be had without reading its text.
    fileprivate func exactNumber(_ row: Int) -> FieldScalar? {
        guard case .decimal(let form) = form, !form.isQuoted, let value = value(ofRow: row) else { return nil }
        if form.decimals == 0 { return .integer(value) }
        if form.habit == .shortest, let unit = Powers.ofTen(form.decimals), value % unit == 0 {
            // Such a printer writes whole numbers without a point.
            return .integer(value / unit)
        }
        return exactDouble(row).map(FieldScalar.real)
    }
}
