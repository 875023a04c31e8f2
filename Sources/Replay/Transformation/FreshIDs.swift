import Crypto

/// Gives commands, licences and incidents new ids: the same old id always the same new one, by a keyed hash instead of
/// a table, so that memory does not grow.
///
/// - A UUID becomes a random-looking UUID (RFC 9562 §5.4) in the same letters, with hyphens or without as before.
/// - A whole number from 1 on becomes another of the same range, up to 2³¹, 2⁵³ or 2⁶³, as number or as text: a
///   permutation, so that no two become the same.
/// - Any other text becomes a UUID in lower case.
public struct FreshIDs: Sendable {
    private let key: SymmetricKey

    /// New ids that nobody can foretell.
    public init() {
        key = SymmetricKey(size: .bits256)
    }

    /// The same new ids in every run with this seed.
    public init(seed: String) {
        key = SymmetricKey(data: SHA256.hash(data: Array("tapedeck fresh ids\0".utf8) + Array(seed.utf8)))
    }

    private init(key: SymmetricKey) {
        self.key = key
    }

    /// New ids that have nothing to do with these: for another pass over the tape.
    ///
    /// - Parameter number: of the pass; 0 is this one.
    /// - Returns: the ids of that pass.
    public func pass(_ number: Int64) -> FreshIDs {
        number == 0 ? self : FreshIDs(key: SymmetricKey(data: code("pass \(number)".utf8)))
    }

    /// The new id for the content of a string; nil for an empty one, and 0.
    func replacement(for text: Span<UInt8>, copy: Int) -> [UInt8]? {
        guard text.count > 0 else { return nil }
        if text[0] &- UInt8(ascii: "0") < 10, let number = Self.number(text) {
            return number == 0 ? nil : Array("\(permuted(number, copy))".utf8)
        }
        let spelling = UUIDSpelling(text)
        var name = Array("\(copy)\0".utf8)
        for index in 0..<text.count where spelling == nil || text[index] != UInt8(ascii: "-") {
            // The same UUID in other letters is the same id.
            name.append(spelling == nil ? text[index] : text[index] | 0x20)
        }
        return (spelling ?? UUIDSpelling()).text(code(name), version: 4)
    }

    /// A whole number in its shortest decimal form that fits 64 bits.
    static func number(_ text: Span<UInt8>) -> UInt64? {
        guard 1...19 ~= text.count, text[0] != UInt8(ascii: "0") || text.count == 1 else { return nil }
        var value: UInt64 = 0
        for index in 0..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ UInt64(digit)
        }
        return value < 1 << 63 ? value : nil
    }

    private func code(_ name: some Sequence<UInt8>) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(name), using: key)
    }

    /// A permutation of the range that the number is in: a Feistel network over enough bits, walked until it comes back
    /// into the range (Black, Rogaway: Ciphers with arbitrary finite domains, 2002).
    private func permuted(_ number: UInt64, _ copy: Int) -> UInt64 {
        let (range, half): (Range<UInt64>, UInt64) =
            if number < 1 << 31 { (1..<1 << 31, 16) } else if number < 1 << 53 { (1 << 31..<1 << 53, 27) } else {
                (1 << 53..<1 << 63, 32)
            }
        var value = number
        repeat { value = feistel(value, half, copy) } while !range.contains(value)
        return value
    }

    private func feistel(_ value: UInt64, _ half: UInt64, _ copy: Int) -> UInt64 {
        let mask: UInt64 = (1 << half) - 1
        var (left, right) = (value >> half & mask, value & mask)
        for round in 0..<4 {
            let code = code("\(copy) \(round) \(half) \(right)".utf8)
            let mixed = code.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            (left, right) = (right, (left ^ mixed) & mask)
        }
        return left << half | right
    }
}
