/// The look that every payload gets.
///
/// Implementation note: comparing the letters before each quote with all names costs several branches that no processor
/// foresees. The five low bits of three letters, the same for upper and lower case, select one bit of a table instead.
extension SecretNames {
    /// Whether bytes may hold a secret's name, a signed address or an address with a password, or text that only a
    /// thorough look can read: quick, and wrong only by saying yes too often.
    func mayOccur(in bytes: UnsafeRawBufferPointer) -> Bool {
        ends.withUnsafeBufferPointer { ends in
            var hasAddress = false
            var index = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "'"):
                    if index >= 3 {
                        let end = Self.end(bytes[index &- 3], bytes[index &- 2], bytes[index &- 1])
                        if ends[end >> 6] >> UInt64(end & 63) & 1 == 1, mayEnd(before: index, in: bytes) { return true }
                    }
                // Behind an escape anything may be written.
                case UInt8(ascii: "\\"): return true
                case UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "#"): hasAddress = true
                default: break
                }
                index &+= 1
            }
            return hasAddress && Self.hasScheme(bytes)
        }
    }

    /// Looks again, at the whole name: three letters are soon alike.
    private func mayEnd(before index: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
        if isGiven(endingAt: index, in: bytes) { return true }
        // Many a word ends as `authorization` does; its `z` none but a few of them have.
        let isCommon =
            Self.lowered(bytes[index &- 1]) == UInt8(ascii: "n") && bytes[index &- 2] | 0x20 == UInt8(ascii: "o")
        if isCommon, index < 6 || bytes[index &- 6] | 0x20 != UInt8(ascii: "z") { return false }
        // The longest known name, and separators in it.
        let name = Array(bytes[max(0, index &- 24)..<index])
        return Self.known(name.span) > .none
    }

    private func isGiven(endingAt index: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
        looked.contains { given in
            given.count <= index
                && zip(bytes[index - given.count..<index], given).allSatisfy { Self.lowered($0) == Self.lowered($1) }
        }
    }

    /// The bits of names' last three letters.
    static func ends(of names: [[UInt8]]) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: 512)
        for name in names where name.count >= 3 {
            let end = end(name[name.count - 3], name[name.count - 2], name[name.count - 1])
            bits[end >> 6] |= 1 << UInt64(end & 63)
        }
        return bits
    }

    @inline(__always)
    private static func end(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        Int(first & 31) << 10 | Int(second & 31) << 5 | Int(third & 31)
    }

    private static func hasScheme(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 3 <= bytes.count {
            if bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/"),
                bytes[index + 2] == UInt8(ascii: "/")
            {
                return true
            }
            index += 1
        }
        return false
    }
}
