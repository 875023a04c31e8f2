/// The value in the middle.
enum IntegerMedian {
    /// The lower median of at most 127 values taken evenly from `values`; 0 of none.
    static func of(_ values: [Int64]) -> Int64 {
        let step = max(1, (values.count + 126) / 127)
        var few: [Int64] = []
        few.reserveCapacity(min(values.count, 127))
        for index in stride(from: 0, to: values.count, by: step) { few.append(values[index]) }
        few.sort()
        return few.isEmpty ? 0 : few[(few.count - 1) / 2]
    }
}
