import TestSupport
import Testing

@testable import Tape

@Suite struct IntegerFormatTests {
    @Test func `symbols cover the numbers without a gap`() {
        for symbol in UInt8.min ... .max {
            let base = IntegerSymbol.base(of: symbol)
            let span = UInt64(1) << UInt64(IntegerSymbol.width(of: symbol))
            #expect(IntegerSymbol.symbol(of: base) == symbol)
            #expect(IntegerSymbol.symbol(of: base + (span - 1)) == symbol)
            if symbol < .max { #expect(IntegerSymbol.base(of: symbol + 1) == base + span) }
        }
        #expect(IntegerSymbol.symbol(of: .max) == 255)
    }

    @Test func `the example of the format's description is encoded as it stands there`() throws {
        let values: [Int64] = [117_344, 117_376, 117_344, 117_408, 117_376, 120_000, 119_968, 121_024, 120_000]
        let encoded = EncodedIntegers(
            parameters: [0x04, 0x07, 0x02, 0xc0, 0xa9, 0x0e, 0x20],
            symbols: [0x00, 0x31, 0x00, 0x01, 0x02, 0x00, 0x03, 0x17, 0x05], bits: [0xc0, 0x18])
        #expect(IntegerColumn.encode(values, runs: [5, 0, 4]) == encoded)
        #expect(try IntegerColumn.decode(encoded, count: 9, runs: [5, 0, 4], wanted: nil) == values)
    }

    @Test(arguments: [Int64.min, .min + 1, -2, -1, 0, 1, 2, .max - 1, .max])
    func `folding is undone`(value: Int64) {
        #expect(IntegerSymbol.unfolded(IntegerSymbol.folded(value)) == value)
    }

    @Test func `groups of bits of every width come back`() {
        var generator = SeededGenerator(seed: 8)
        let groups = (0..<2_000).map { _ -> (value: UInt64, width: Int) in
            let width = Int.random(in: 0...63, using: &generator)
            return (.random(in: 0 ... .max, using: &generator) & (1 << UInt64(width) - 1), width)
        }
        let total = groups.reduce(0) { $0 + $1.width }
        var bytes = [UInt8](repeating: 0, count: IntegerBitWriter.capacity(bits: total))
        Self.write(groups, &bytes)
        let padded = IntegerBitReader.padded(Array(bytes.prefix((total + 7) / 8)))
        var position = 0
        for group in groups {
            let read = IntegerBitReader.read(padded.span.bytes, at: position, width: group.width)
            #expect(read == group.value)
            position += group.width
        }
    }

    @Test func `division without a rest agrees with the processor's`() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<5_000 {
            let value = UInt64.random(
                in: 1...(UInt64(1) << UInt64.random(in: 0...62, using: &generator)), using: &generator)
            let divisor = IntegerDivisor(value)
            let most: Int64 = Int64.max / Int64(value)
            let quotient = Int64.random(in: (-most)...most, using: &generator)
            #expect(divisor.quotient(quotient * Int64(value)) == quotient)
            let number = UInt64.random(in: 0 ... .max, using: &generator)
            #expect(divisor.divides(number) == (number % value == 0))
            #expect(divisor.divides(number / value * value))
            #expect(IntegerDivisor.common(number, value) == Self.euclid(number, value))
        }
    }

    private static func write(_ groups: [(value: UInt64, width: Int)], _ bytes: inout [UInt8]) {
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        var writer = IntegerBitWriter()
        for group in groups { writer.append(group.value, width: group.width, to: &raw) }
        writer.flush(to: &raw)
    }

    private static func euclid(_ one: UInt64, _ other: UInt64) -> UInt64 {
        other == 0 ? one : euclid(other, one % other)
    }
}
