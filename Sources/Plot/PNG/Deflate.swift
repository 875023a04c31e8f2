/// Compresses bytes as a zlib stream (RFC 1950) of one block with fixed Huffman codes (RFC 1951 §3.2.6).
///
/// Drawings are mostly long repetitions, which matches shrink to almost nothing; codes made to measure would win
/// little more.
struct Deflate {
    private var output: [UInt8] = [0x78, 0x01]
    private var bits: UInt64 = 0
    private var bitCount: UInt64 = 0

    static func zlib(_ input: [UInt8]) -> [UInt8] {
        var stream = Deflate()
        // The last block, with fixed codes.
        stream.write(0b011, 3)
        stream.compress(input)
        stream.writeSymbol(256)
        stream.flush()
        let checksum = Adler32.of(input)
        stream.output += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: checksum >> UInt32($0)) }
        return stream.output
    }

    private static let window = 32_768
    private static let shortest = 3
    private static let longest = 258
    /// How many earlier places are tried: more find little.
    private static let tries = 16

    private mutating func compress(_ input: [UInt8]) {
        // The last place of each hash, and for each place of the window the one before it with the same hash.
        var heads = [Int32](repeating: -1, count: 1 << 15)
        var before = [Int32](repeating: -1, count: Self.window)
        func hash(_ index: Int) -> Int {
            let three = UInt32(input[index]) << 16 | UInt32(input[index + 1]) << 8 | UInt32(input[index + 2])
            return Int((three &* 0x9e37_79b1) >> 17)
        }
        var index = 0
        while index < input.count {
            var length = 0
            var distance = 0
            if index + Self.shortest <= input.count {
                var candidate = Int(heads[hash(index)])
                var tries = Self.tries
                let most = min(Self.longest, input.count - index)
                while candidate >= 0, index - candidate <= Self.window, tries > 0, length < most {
                    var matched = 0
                    while matched < most, input[candidate + matched] == input[index + matched] { matched += 1 }
                    if matched > length {
                        length = matched
                        distance = index - candidate
                    }
                    let next = Int(before[candidate & (Self.window - 1)])
                    // A place that the window has left was overwritten by a later one.
                    candidate = next < candidate ? next : -1
                    tries -= 1
                }
            }
            let isMatch = length >= Self.shortest
            if isMatch { writeMatch(length: length, distance: distance) } else { writeSymbol(Int(input[index])) }
            let end = index + (isMatch ? length : 1)
            while index < end {
                if index + Self.shortest <= input.count {
                    // All places of a run of one byte are alike: its first ones do.
                    if length == Self.longest, distance == 1, index < end - Self.shortest {
                        index = end - Self.shortest
                    }
                    let key = hash(index)
                    before[index & (Self.window - 1)] = heads[key]
                    heads[key] = Int32(truncatingIfNeeded: index)
                }
                index += 1
            }
        }
    }

    /// Values are written from their lowest bit on (RFC 1951 §3.1.1).
    private mutating func write(_ value: Int, _ count: Int) {
        bits |= UInt64(value) << bitCount
        bitCount += UInt64(count)
        while bitCount >= 8 {
            output.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    private mutating func flush() {
        if bitCount > 0 { write(0, 8 - Int(bitCount)) }
    }

    /// Huffman codes are written from their highest bit on.
    private mutating func writeCode(_ code: Int, _ count: Int) {
        var reversed = 0
        for bit in 0..<count where code >> bit & 1 == 1 { reversed |= 1 << (count - 1 - bit) }
        write(reversed, count)
    }

    private mutating func writeSymbol(_ symbol: Int) {
        switch symbol {
        case ..<144: writeCode(0x30 + symbol, 8)
        case ..<256: writeCode(0x190 + symbol - 144, 9)
        case ..<280: writeCode(symbol - 256, 7)
        default: writeCode(0xc0 + symbol - 280, 8)
        }
    }

    private mutating func writeMatch(length: Int, distance: Int) {
        // 258 has a code of its own; the others come in groups of four for each number of extra bits (§3.2.5).
        if length == Self.longest {
            writeSymbol(285)
        } else {
            let (code, extra, rest) = Self.group(length - Self.shortest, groupBits: 2)
            writeSymbol(257 + code)
            write(rest, extra)
        }
        let (code, extra, rest) = Self.group(distance - 1, groupBits: 1)
        writeCode(code, 5)
        write(rest, extra)
    }

    /// The number of the range that a value lies in, and its place there.
    ///
    /// The first 2·2^groupBits ranges hold one value each; from then on 2^groupBits ranges share each width of 2, 4, 8
    /// and so on.
    private static func group(_ value: Int, groupBits: Int) -> (code: Int, extraBits: Int, rest: Int) {
        let group = 1 << groupBits
        guard value >= 2 * group else { return (value, 0, 0) }
        let magnitude = Int.bitWidth - 1 - value.leadingZeroBitCount
        let extra = magnitude - groupBits
        let code = group * (extra + 1) + (value >> extra) - group
        return (code, extra, value & (1 << extra - 1))
    }
}
