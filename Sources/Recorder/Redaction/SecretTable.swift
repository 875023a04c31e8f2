/// Secrets that were seen, to be found wherever they stand verbatim.
///
/// Implementation note: every text of 15 bytes or more holds, wherever it begins, one whole window of eight bytes whose
/// place is a multiple of eight. All eight-byte windows of a secret that may be that one are marked in a Bloom filter,
/// so that a payload costs one look for eight bytes, however many secrets are known. Shorter secrets are rare and are
/// looked for at every byte, and only as whole words: a key `device` must not tear `v1/device` apart.
struct SecretTable {
    /// Where a secret stands, and what goes there instead.
    struct Match {
        var range: Range<Int>
        var placeholder: [UInt8]
    }

    /// Secrets of at least so many bytes are found inside of other text.
    static let longLength = 15
    /// Shorter ones are not looked for at all.
    static let shortestLength = 6
    /// Longer ones are not kept, so that memory is bounded, in bytes.
    static let longestLength = 512

    /// How many secrets are kept; with one more the table begins anew.
    let limit: Int
    /// Changes with every secret that comes or goes.
    private(set) var generation = 0

    private var placeholders: [[UInt8]: [UInt8]] = [:]
    /// Lengths of the long secrets that begin with eight bytes, the longest first.
    private var long: [UInt64: [Int]] = [:]
    /// Lengths of the short secrets that begin with six bytes, the longest first.
    private var short: [UInt64: [Int]] = [:]
    private var bits: [UInt64] = []
    private var windows = 0
    private let seed = UInt64.random(in: .min ... .max) | 1

    /// An empty table.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// How many secrets are known.
    var count: Int { placeholders.count }

    /// The placeholder of a known secret.
    func placeholder(of secret: [UInt8]) -> [UInt8]? { placeholders[secret] }

    /// Remembers a secret.
    ///
    /// - Parameters:
    ///   - secret: the secret; it is looked for from ``shortestLength`` to ``longestLength`` bytes.
    ///   - placeholder: what goes in its place.
    ///   - isKey: whether it is the key of a device; others only take what room there is, so that whoever makes up
    ///     secrets cannot make the keys forgotten.
    mutating func insert(_ secret: [UInt8], _ placeholder: [UInt8], isKey: Bool) {
        guard Self.shortestLength...Self.longestLength ~= secret.count, placeholders[secret] == nil else { return }
        if isKey, placeholders.count >= limit { removeAll() }
        guard isKey || placeholders.count < limit / 2 else { return }
        placeholders[secret] = placeholder
        generation += 1
        if secret.count >= Self.longLength {
            Self.add(secret.count, to: &long[Self.load(secret, 0, 8), default: []])
            windows += 8
            if windows * 32 > bits.count * 64 { grow() } else { mark(secret) }
        } else {
            Self.add(secret.count, to: &short[Self.load(secret, 0, 6), default: []])
        }
    }

    private mutating func removeAll() {
        placeholders.removeAll(keepingCapacity: true)
        long.removeAll(keepingCapacity: true)
        short.removeAll()
        bits = []
        windows = 0
    }

    private static func add(_ length: Int, to lengths: inout [Int]) {
        guard !lengths.contains(length) else { return }
        lengths.append(length)
        lengths.sort(by: >)
    }

    // MARK: - The filter

    private mutating func grow() {
        bits = [UInt64](repeating: 0, count: max(64, bits.count * 4))
        for secret in placeholders.keys where secret.count >= Self.longLength { mark(secret) }
    }

    private mutating func mark(_ secret: [UInt8]) {
        for place in 0..<8 {
            let (first, second) = hashes(Self.load(secret, place, 8))
            bits[first >> 6] |= 1 << UInt64(first & 63)
            bits[second >> 6] |= 1 << UInt64(second & 63)
        }
    }

    @inline(__always)
    private func hashes(_ window: UInt64) -> (Int, Int) {
        let mixed = (window ^ seed) &* 0x9E37_79B9_7F4A_7C15
        let mask = UInt64(bits.count &* 64 &- 1)
        return (Int((mixed >> 40 ^ mixed >> 17) & mask), Int((mixed ^ mixed >> 32) & mask))
    }

    @inline(__always)
    private func isMarked(_ window: UInt64, _ bits: UnsafePointer<UInt64>) -> Bool {
        let (first, second) = hashes(window)
        return bits[first >> 6] >> UInt64(first & 63) & 1 == 1 && bits[second >> 6] >> UInt64(second & 63) & 1 == 1
    }

    private static func load(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        return word
    }

    @inline(__always)
    private static func load(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    // MARK: - Finding

    /// Whether a secret may stand in bytes: quick, and wrong only by saying yes too often.
    func mayOccur(in bytes: UnsafeRawBufferPointer, onlyLong: Bool = false) -> Bool {
        if placeholders.isEmpty { return false }
        if !onlyLong, !short.isEmpty { return !matches(in: bytes).isEmpty }
        guard !bits.isEmpty else { return false }
        return bits.withUnsafeBufferPointer { bits in
            guard let bits = bits.baseAddress else { return false }
            var place = 0
            while place &+ 8 <= bytes.count {
                if isMarked(Self.load(bytes, place), bits) { return true }
                place &+= 8
            }
            return false
        }
    }

    /// All places of secrets, from left to right; where two overlap the one that begins first, then the longer one.
    ///
    /// - Parameters:
    ///   - bytes: where to look.
    ///   - onlyLong: whether only secrets that no other text holds by accident are looked for.
    /// - Returns: the places.
    func matches(in bytes: UnsafeRawBufferPointer, onlyLong: Bool = false) -> [Match] {
        guard !placeholders.isEmpty else { return [] }
        var found: [Match] = []
        var start = 0
        while let match = nextLong(in: bytes, from: start) {
            if !onlyLong { appendShort(in: bytes, start..<match.range.lowerBound, to: &found) }
            found.append(match)
            start = match.range.upperBound
        }
        if !onlyLong { appendShort(in: bytes, start..<bytes.count, to: &found) }
        return found
    }

    private func nextLong(in bytes: UnsafeRawBufferPointer, from start: Int) -> Match? {
        guard !bits.isEmpty else { return nil }
        return bits.withUnsafeBufferPointer { bits in
            guard let bits = bits.baseAddress else { return nil }
            var place = start
            while place &+ 8 <= bytes.count {
                if isMarked(Self.load(bytes, place), bits) {
                    for first in max(start, place &- 7)...place where first &+ Self.longLength <= bytes.count {
                        if let match = match(at: first, in: bytes, long[Self.load(bytes, first)]) { return match }
                    }
                }
                place &+= 8
            }
            return nil
        }
    }

    private func match(at first: Int, in bytes: UnsafeRawBufferPointer, _ lengths: [Int]?) -> Match? {
        guard let lengths else { return nil }
        for length in lengths where first + length <= bytes.count {
            if let placeholder = placeholders[Array(bytes[first..<first + length])] {
                return Match(range: first..<first + length, placeholder: placeholder)
            }
        }
        return nil
    }

    private func appendShort(in bytes: UnsafeRawBufferPointer, _ range: Range<Int>, to found: inout [Match]) {
        guard !short.isEmpty else { return }
        var place = range.lowerBound
        while place + Self.shortestLength <= range.upperBound {
            defer { place += 1 }
            guard place == 0 || !Self.isWord(bytes[place - 1]) else { continue }
            var prefix: UInt64 = 0
            for index in 0..<6 { prefix |= UInt64(bytes[place + index]) << UInt64(8 * index) }
            guard let match = match(at: place, in: bytes, short[prefix]), match.range.upperBound <= range.upperBound,
                match.range.upperBound == bytes.count || !Self.isWord(bytes[match.range.upperBound])
            else { continue }
            found.append(match)
            place = match.range.upperBound - 1
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
            true
        default: false
        }
    }
}
