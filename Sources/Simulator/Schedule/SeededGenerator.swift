/// A small generator of random numbers that gives the same ones for the same seed, on every machine and for ever.
///
/// SplitMix64 (https://doi.org/10.1145/2714064.2660195). What is derived from the numbers is computed here too, because
/// the standard library may change how it draws from a range.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins the sequence of a seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// A sequence of its own for each pair of seed and stream.
    init(seed: UInt64, stream: UInt64) {
        state = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15) ^ Self.mix(stream &* 0xd134_2543_de82_ef95 &+ 1)
    }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// A whole number from 0 up to, and without, `bound`; 0 when there is none.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A whole number in a range, both ends included.
    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound &+ Int64(below(Int(range.upperBound &- range.lowerBound &+ 1)))
    }

    /// A number from 0 up to, and without, 1.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Whether something of this probability happens.
    mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// One of several things.
    mutating func pick<Value>(_ first: Value, _ others: Value...) -> Value {
        let index = below(others.count + 1)
        return index == 0 ? first : others[index - 1]
    }

    /// That many lower-case hexadecimal digits.
    mutating func hex(_ count: Int) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(count)
        while digits.count < count {
            let nibble = UInt8(truncatingIfNeeded: next() >> 60)
            digits.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// A random UUID (RFC 9562, version 4).
    mutating func uuid() -> String {
        let variant = pick("8", "9", "a", "b")
        return "\(hex(8))-\(hex(4))-4\(hex(3))-\(variant)\(hex(3))-\(hex(12))"
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
