import JSONScan

/// Hashes of values that are the same in every run of the program, and do not depend on the order of members.
enum ContentHash {
    static func of(_ text: String, seed: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
        var text = text
        return text.withUTF8 { bytes in
            // FNV-1a, with a finish that spreads it over all bits.
            var hash = seed
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            return mix(hash)
        }
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The hash of a value; ``JSONSameness`` calls equal what has equal hashes.
    static func of(_ value: JSONValue) -> UInt64 {
        var sketch: UInt64 = 0
        return of(value, at: 0, &sketch)
    }

    /// The hash of a value, and a bit for each of its scalars and their places: values with many bits in common are alike.
    static func of(_ value: JSONValue, at place: UInt64, _ sketch: inout UInt64) -> UInt64 {
        let hash: UInt64
        switch value {
        case .null: hash = 1
        case .bool(let value): hash = value ? 2 : 3
        case .number(let number): hash = of(number)
        case .string(let text): hash = of(text, seed: 0x1234_5678_9abc_def1)
        case .array(let elements):
            var sum: UInt64 = 4
            for (index, element) in elements.enumerated() {
                sum = mix(sum ^ of(element, at: mix(place &+ UInt64(truncatingIfNeeded: index)), &sketch))
            }
            return mix(sum)
        case .object(let members):
            var sum: UInt64 = 5
            for member in members {
                let key = of(member.key)
                sum = sum &+ mix(key &* 3 ^ of(member.value, at: mix(place &* 31 ^ key), &sketch))
            }
            return mix(sum)
        }
        let mixed = mix(hash)
        sketch |= 1 << (mix(mixed ^ place) & 63)
        return mixed
    }

    /// Numbers are the same when their values are: 1, 1.0 and 1e0.
    static func of(_ number: JSONNumber) -> UInt64 {
        let double = number.double
        guard double.isFinite, double.magnitude <= 9_007_199_254_740_992 else { return of(number.text, seed: 7) }
        return mix((double == 0 ? 0 : double).bitPattern)
    }

    /// How alike two sketches are, 0 to 1.
    static func likeness(_ left: UInt64, _ right: UInt64) -> Float {
        let either = (left | right).nonzeroBitCount
        return either == 0 ? 1 : Float((left & right).nonzeroBitCount) / Float(either)
    }
}
