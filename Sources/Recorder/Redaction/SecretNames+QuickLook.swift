/// The look that every payload gets.
extension SecretNames {
    /// Whether bytes may hold a secret's name, a signed address or an address with a password, or text that only a
    /// thorough look can read: quick, and wrong only by saying yes too often.
    func mayOccur(in bytes: UnsafeRawBufferPointer) -> Bool {
        var hasAddress = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "'"):
                if index >= 3, mayEnd(before: index, in: bytes) { return true }
            // Behind an escape anything may be written.
            case UInt8(ascii: "\\"): return true
            case UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "#"): hasAddress = true
            default: break
            }
            index &+= 1
        }
        return hasAddress && Self.hasScheme(bytes)
    }

    @inline(__always)
    private func mayEnd(before index: Int, in bytes: UnsafeRawBufferPointer) -> Bool {
        guard index >= 4 else {
            // The name of three letters at the very beginning of a text that is no JSON.
            return mayEnd(
                UInt32(bytes[0]) << 8 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 24, eight: 0)
        }
        let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index &- 4, as: UInt32.self))
        let eight =
            index >= 8
            ? UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index &- 8, as: UInt64.self)) : 0
        return mayEnd(word, eight: eight)
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
