/// Most messages of a topic differ from the one before in their values only: then nothing but the values needs to be read.
extension ShapeScanner {
    /// A message that was taken apart: JSON without arrays of scalars.
    struct Pattern {
        var properties: ByteRange
        var payload: ByteRange
        /// Position of its values in ``ShapeScanner/values``.
        var firstValue: Int
        /// How many of them lie in the properties.
        var propertyCount: Int
        var count: Int
    }

    /// Cuts a message after the pattern of another one of its topic.
    ///
    /// - Returns: its own pattern, which has the same template; nil, and no values, where it does not fit: whether it has
    ///   another template only ``scan(_:kind:in:opaque:)`` tells.
    mutating func scan(_ row: MessageBlock.Row, like pattern: Pattern, in bytes: Span<UInt8>) -> Pattern? {
        guard row.payload.count <= Self.sizeLimit, row.properties.count == pattern.properties.count,
            bytes.extracting(row.properties.range).matches(bytes.extracting(pattern.properties.range), at: 0)
        else { return nil }
        let first = values.count
        for index in 0..<pattern.propertyCount {
            let value = values[pattern.firstValue + index]
            append(
                value: ByteRange(
                    start: Int(row.properties.start) + Int(value.start) - Int(pattern.properties.start),
                    count: Int(value.count)))
        }
        guard appendValues(row.payload, like: pattern, in: bytes) else {
            removeValues(from: first)
            return nil
        }
        return Pattern(
            properties: row.properties, payload: row.payload, firstValue: first, propertyCount: pattern.propertyCount,
            count: pattern.count)
    }

    private mutating func appendValues(_ payload: ByteRange, like pattern: Pattern, in bytes: Span<UInt8>) -> Bool {
        let end = payload.range.upperBound
        var at = payload.range.lowerBound
        var literal = pattern.payload.range.lowerBound
        for index in pattern.propertyCount..<pattern.count {
            let value = values[pattern.firstValue + index].range
            guard Self.same(bytes, at, end, literal..<value.lowerBound) else { return false }
            at += value.lowerBound - literal
            guard let scalarEnd = Self.scalar(bytes, from: at, to: end) else { return false }
            append(value: ByteRange(start: at, count: scalarEnd - at))
            at = scalarEnd
            literal = value.upperBound
        }
        let rest = literal..<pattern.payload.range.upperBound
        return end - at == rest.count && Self.same(bytes, at, end, rest)
    }

    private static func same(_ bytes: Span<UInt8>, _ at: Int, _ end: Int, _ literal: Range<Int>) -> Bool {
        guard literal.count <= end - at else { return false }
        return bytes.matches(bytes.extracting(literal), at: at)
    }

    /// The end of the plain JSON scalar that begins at `at`; nil for anything that takes a closer look.
    ///
    /// What follows is compared with what followed another scalar, so that a scalar that is longer than it seems here does
    /// not fit.
    @inline(__always)
    private static func scalar(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        guard start < end else { return nil }
        switch bytes[start] {
        case ASCII.quote:
            var at = start + 1
            while at < end, bytes[at] != ASCII.quote {
                // Escapes and what is not ASCII have rules of their own.
                guard bytes[at] >= 0x20, bytes[at] < 0x80, bytes[at] != UInt8(ascii: "\\") else { return nil }
                at += 1
            }
            return at < end ? at + 1 : nil
        case UInt8(ascii: "t"): return word("true", bytes, start, end)
        case UInt8(ascii: "f"): return word("false", bytes, start, end)
        case UInt8(ascii: "n"): return word("null", bytes, start, end)
        default: return number(bytes, from: start, to: end)
        }
    }

    private static func word(_ word: StaticString, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        guard word.utf8CodeUnitCount <= end - start else { return nil }
        let isSame = word.withUTF8Buffer { text in
            text.indices.allSatisfy { text[$0] == bytes[start + $0] }
        }
        return isSame ? start + word.utf8CodeUnitCount : nil
    }

    /// The end of a number without an exponent (RFC 8259 §6).
    @inline(__always)
    private static func number(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        var at = start
        if bytes[at] == ASCII.minus { at += 1 }
        let whole = at
        while at < end, bytes[at] &- ASCII.zero < 10 { at += 1 }
        guard at > whole, at == whole + 1 || bytes[whole] != ASCII.zero else { return nil }
        guard at < end, bytes[at] == ASCII.point else { return at }
        at += 1
        let fraction = at
        while at < end, bytes[at] &- ASCII.zero < 10 { at += 1 }
        return at > fraction ? at : nil
    }
}
