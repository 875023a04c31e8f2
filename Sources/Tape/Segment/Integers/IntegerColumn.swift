/// One column of integers, encoded: how it was predicted, a symbol a value, and the low bits of the large ones.
struct EncodedIntegers: Hashable {
    /// See `IntegerParameters`; empty when the column is.
    var parameters: [UInt8]
    /// One a value, to be compressed: those of the first value of each run, then those of the others.
    var symbols: [UInt8]
    /// The bits below the symbols in the same order, least significant first; as good as random.
    var bits: [UInt8]
}

/// Integers of one meaning, sorted so that those that resemble each other stand side by side.
enum IntegerColumn {
    /// Encodes `values`, in which prediction starts afresh at each run.
    ///
    /// The lengths of the runs sum up to `values.count`; whoever decodes must know them.
    static func encode(_ values: [Int64], runs: [Int]) -> EncodedIntegers {
        let shape = IntegerRuns(runs, count: values.count)
        assert(shape != nil, "the runs do not sum up to the values")
        guard !values.isEmpty, let shape else { return EncodedIntegers(parameters: [], symbols: [], bits: []) }
        let plan = IntegerPlan(values.span, shape)
        return plan.emitted(shape)
    }

    /// About how many bytes a column takes when its symbols are compressed, judged by a sample of it.
    static func estimatedSize(_ values: [Int64], runs: [Int]) -> Int {
        guard !values.isEmpty, let shape = IntegerRuns(runs, count: values.count) else { return 0 }
        // Runs from everywhere, and of a long one the beginning.
        let step = max(1, min(shape.ranges.count, values.count) / 32)
        let chosen = stride(from: 0, to: shape.ranges.count, by: step).map { shape.ranges[$0] }
        let longest = max(64, 1_024 / chosen.count)
        var few: [Int64] = []
        var ranges: [Range<Int>] = []
        for range in chosen {
            let part = range.prefix(longest)
            ranges.append(few.count..<few.count + part.count)
            few.append(contentsOf: values[part])
        }
        let sample = IntegerRuns(ranges)
        let plan = IntegerPlan(few.span, sample)
        let firsts = plan.sizeOfFirsts * shape.ranges.count / ranges.count
        let others = few.count - ranges.count
        let rest = others == 0 ? 0 : plan.sizeOfRest(sample) * (values.count - shape.ranges.count) / others
        return (firsts + rest) / (8 * BinaryLogarithm.unit) + plan.parameters.bytes.count
    }
}
