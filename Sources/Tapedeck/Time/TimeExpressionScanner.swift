/// Reads the words and numbers of an expression front to back; letters are compared without regard to case.
struct TimeExpressionScanner {
    private let bytes: [UInt8]
    private var offset = 0

    /// A scanner over a text without the white space around it, nil when it is empty or too long to be an expression.
    init?(_ text: String) {
        guard text.utf8.count <= 200 else { return nil }
        var bytes = text.utf8.map { byte in UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte }[...]
        while let first = bytes.first, Self.isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, Self.isSpace(last) { bytes.removeLast() }
        guard !bytes.isEmpty else { return nil }
        self.bytes = Array(bytes)
    }

    var isAtEnd: Bool { offset == bytes.count }

    /// The next byte, which stays.
    var next: UInt8? { isAtEnd ? nil : bytes[offset] }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == character.value else { return false }
        offset += 1
        return true
    }

    /// Takes `word` if it comes next and does not go on.
    mutating func take(word: String) -> Bool {
        var copy = self
        guard copy.word().elementsEqual(word.utf8) else { return false }
        self = copy
        return true
    }

    /// Takes the letters that come next; a byte of a character beyond ASCII counts as one.
    mutating func word() -> ArraySlice<UInt8> {
        taking { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 >= 0x80 }
    }

    /// Takes the digits that come next.
    mutating func digits() -> ArraySlice<UInt8> {
        taking { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// Takes as many digits as the range allows; nil, and nothing taken, when there are fewer or more.
    mutating func number(digits count: ClosedRange<Int>) -> Int? {
        var copy = self
        let digits = copy.digits()
        guard count.contains(digits.count), let value = Self.value(digits) else { return nil }
        self = copy
        return Int(value)
    }

    /// Takes white space and says whether there was any.
    @discardableResult
    mutating func spaces() -> Bool {
        !taking(Self.isSpace).isEmpty
    }

    /// The value of decimal digits, nil when it exceeds 64 bits.
    static func value(_ digits: some Sequence<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, beyond) = product.addingReportingOverflow(Int64(digit &- UInt8(ascii: "0")))
            guard !overflow, !beyond else { return nil }
            value = sum
        }
        return value
    }

    private mutating func taking(_ belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = offset
        while offset < bytes.count, belongs(bytes[offset]) { offset += 1 }
        return bytes[start..<offset]
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
