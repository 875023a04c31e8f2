import TestSupport
import Testing

@testable import Tape

@Suite struct IntegerColumnTests {
    @Test func `columns of all kinds and run structures come back`() throws {
        var generator = SeededGenerator(seed: 1)
        for round in 0..<3_000 {
            let column = IntegerSamples.column(&generator, longest: round % 20 == 0 ? 3_000 : 120)
            let encoded = IntegerColumn.encode(column.values, runs: column.runs)
            let decoded = try IntegerColumn.decode(encoded, count: column.values.count, runs: column.runs, wanted: nil)
            try #require(decoded == column.values, "round \(round), runs \(column.runs)")
            #expect(IntegerColumn.estimatedSize(column.values, runs: column.runs) >= 0)
        }
    }

    @Test(
        arguments: [
            [], [0], [.min], [.max], [.min, .max], [.max, .min, .max, .min], [0, .min, 0, .max, -1, 1],
            [.min, .min, .min], [.max, 0, .min, .max], [.min, .min / 2, 0, .max / 2], [1, 1, 1, 1, 1],
            [.min + 1, .max, .min + 1], [.min, 0, .min, 0, .min, 0, .min, 0, .min, 0],
        ] as [[Int64]])
    func `the ends of the numbers come back`(values: [Int64]) throws {
        for repeats in [1, 7, 300] {
            let column = Array(repeatElement(values, count: repeats).joined())
            let runsOfOne = [Int](repeating: 1, count: column.count)
            let runsOfPattern = [Int](repeating: values.count, count: repeats)
            for runs in [[column.count], runsOfOne, runsOfPattern, [0, column.count, 0]] {
                let encoded = IntegerColumn.encode(column, runs: runs)
                #expect(try IntegerColumn.decode(encoded, count: column.count, runs: runs, wanted: nil) == column)
            }
        }
    }

    @Test func `a constant and a steady count have symbols that are all equal and no bits`() {
        let constant = [Int64](repeating: 123_456_789, count: 500)
        let count = (0..<500).map { Int64($0) * 61 - 7 }
        for values in [constant, count] {
            let encoded = IntegerColumn.encode(values, runs: [values.count])
            #expect(Set(encoded.symbols) == [0])
            #expect(encoded.bits.isEmpty)
            #expect(encoded.parameters.count < 10)
        }
    }

    @Test func `an empty column takes no byte`() throws {
        let encoded = IntegerColumn.encode([], runs: [0, 0])
        #expect(encoded == EncodedIntegers(parameters: [], symbols: [], bits: []))
        #expect(try IntegerColumn.decode(encoded, count: 0, runs: [0, 0], wanted: [true, false]) == [])
        #expect(IntegerColumn.estimatedSize([], runs: []) == 0)
    }

    @Test func `what is wanted is the same as in the whole column, the rest is 0`() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            let column = IntegerSamples.column(&generator, longest: 400)
            let encoded = IntegerColumn.encode(column.values, runs: column.runs)
            let wanted = column.runs.map { _ in Bool.random(using: &generator) }
            let some = try IntegerColumn.decode(
                encoded, count: column.values.count, runs: column.runs, wanted: wanted)
            var expected = column.values
            var start = 0
            for (run, isWanted) in zip(column.runs, wanted) {
                if !isWanted { for row in start..<start + run { expected[row] = 0 } }
                start += run
            }
            try #require(some == expected)
        }
    }

    @Test func `values on a grid cost as much as the places on it`() {
        var generator = SeededGenerator(seed: 3)
        let places = (0..<2_000).map { _ in Int64.random(in: -5...5, using: &generator) }
        let runs = [Int](repeating: 200, count: 10)
        let coarse = places.map { $0 * 3_200 + 117_344 }
        // Each run has a grid of its own.
        let mixed = places.enumerated().map { $1 * Int64(1_000 + $0 / 200) + 7 }
        for values in [coarse, mixed] {
            #expect(IntegerColumn.encode(values, runs: runs).bits.count < 80)
        }
        #expect(IntegerColumn.estimatedSize(coarse, runs: runs) < 1_300)
    }

    @Test func `runs that scatter differently share their symbols`() {
        var generator = SeededGenerator(seed: 4)
        var values: [Int64] = []
        for run in 0..<20 {
            let width = Int64(4) << Int64(run % 5 * 3)
            for _ in 0..<300 { values.append(.random(in: -width...width, using: &generator)) }
        }
        let runs = [Int](repeating: 300, count: 20)
        let encoded = IntegerColumn.encode(values, runs: runs)
        #expect(Set(encoded.symbols.dropFirst(20)).count <= 20)
        // The noise has 9 bits on average, of which the symbols take some.
        #expect(encoded.bits.count * 8 / values.count <= 8)
    }

    @Test func `the estimate is near the entropy of what is encoded`() {
        var generator = SeededGenerator(seed: 5)
        for length in [300, 3_000, 30_000] {
            let values = (0..<length).map { _ in Int64.random(in: 0..<1 << 20, using: &generator) }
            let estimate = IntegerColumn.estimatedSize(values, runs: [length / 2, length - length / 2])
            #expect(abs(estimate - length * 20 / 8) < length / 10)
        }
    }
}
