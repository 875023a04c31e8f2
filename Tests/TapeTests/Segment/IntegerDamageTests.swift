import TestSupport
import Testing

@testable import Tape

@Suite struct IntegerDamageTests {
    @Test func `damaged columns decode to something or are refused`() {
        var generator = SeededGenerator(seed: 6)
        var refused = 0
        for _ in 0..<400 {
            let column = IntegerSamples.column(&generator, longest: 40)
            let encoded = IntegerColumn.encode(column.values, runs: column.runs)
            for _ in 0..<50 {
                var damaged = encoded
                Self.damage(&damaged.parameters, &generator)
                Self.damage(&damaged.symbols, &generator)
                Self.damage(&damaged.bits, &generator)
                let wanted = Bool.random(using: &generator) ? column.runs.map { $0 % 2 == 0 } : nil
                let decoded = try? IntegerColumn.decode(
                    damaged, count: column.values.count, runs: column.runs, wanted: wanted)
                if decoded == nil { refused += 1 }
                #expect(decoded == nil || decoded?.count == column.values.count)
            }
        }
        #expect(refused > 1_000)
    }

    @Test func `random bytes decode to something or are refused`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let runs = (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                Int.random(in: 0..<20, using: &generator)
            }
            let count = runs.reduce(0, +)
            var parameters = Self.bytes(Int.random(in: 0..<24, using: &generator), &generator)
            // Known flags and predictors get further.
            if parameters.count > 1 { parameters[0] &= 31; parameters[1] %= 10 }
            let encoded = EncodedIntegers(
                parameters: parameters, symbols: Self.bytes(count, &generator),
                bits: Self.bytes(Int.random(in: 0..<200, using: &generator), &generator))
            let decoded = try? IntegerColumn.decode(encoded, count: count, runs: runs, wanted: nil)
            #expect(decoded == nil || decoded?.count == count)
        }
    }

    @Test func `every part cut short is refused`() {
        let values = (0..<200).map { Int64($0 * $0 * 977 % 100_003) }
        let runs = [100, 100]
        let encoded = IntegerColumn.encode(values, runs: runs)
        for part in [\EncodedIntegers.parameters, \.symbols, \.bits] {
            for length in 0..<encoded[keyPath: part].count {
                var cut = encoded
                cut[keyPath: part].removeLast(cut[keyPath: part].count - length)
                #expect(throws: MalformedFrame.self) {
                    try IntegerColumn.decode(cut, count: values.count, runs: runs, wanted: nil)
                }
            }
        }
    }

    @Test(arguments: [[3], [5], [2, 3], [-1, 5], [Int.max, 1, Int.min], [4, 0, 1]])
    func `runs that do not sum up to the values are refused`(runs: [Int]) {
        let encoded = IntegerColumn.encode([1, 2, 3, 4], runs: [4])
        #expect(throws: MalformedFrame.self) {
            try IntegerColumn.decode(encoded, count: 4, runs: runs, wanted: nil)
        }
    }

    @Test func `a choice for another number of runs is refused`() {
        let encoded = IntegerColumn.encode([1, 2, 3, 4], runs: [2, 2])
        #expect(throws: MalformedFrame.self) {
            try IntegerColumn.decode(encoded, count: 4, runs: [2, 2], wanted: [true])
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
        case 1:
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
        case 3: bytes += Self.bytes(3, &generator)
        default: break
        }
    }

    private static func bytes(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in .random(in: 0...255, using: &generator) }
    }
}
