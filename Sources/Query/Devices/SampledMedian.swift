/// The median of many numbers in little memory: exact up to ``capacity`` numbers, beyond of every second, fourth … one.
struct SampledMedian {
    static let capacity = 127

    private var values: [Int64] = []
    private var stride = 1
    private var skip = 0

    mutating func add(_ value: Int64) {
        guard skip == 0 else {
            skip -= 1
            return
        }
        if values.count == Self.capacity {
            values = values.indices.compactMap { $0.isMultiple(of: 2) ? values[$0] : nil }
            stride = stride &* 2
        }
        values.append(value)
        skip = stride - 1
    }

    /// The median, of an even count the mean of the two in the middle; nil without numbers.
    var median: Int64? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let upper = sorted[sorted.count / 2]
        if !sorted.count.isMultiple(of: 2) { return upper }
        let lower = sorted[sorted.count / 2 - 1]
        return Int64((Int128(lower) + Int128(upper)) / 2)
    }
}
