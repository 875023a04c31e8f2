/// The runs of a column that are not empty, as ranges of its rows.
struct IntegerRuns {
    private(set) var ranges: [Range<Int>] = []
    /// For each range, which run of the caller it is.
    private(set) var numbers: [Int] = []
    let count: Int

    /// Nil unless `lengths` are not negative and sum up to `count`.
    init?(_ lengths: [Int], count: Int) {
        self.count = count
        ranges.reserveCapacity(lengths.count)
        numbers.reserveCapacity(lengths.count)
        var start = 0
        for (number, length) in lengths.enumerated() where length != 0 {
            guard length > 0, length <= count - start else { return nil }
            ranges.append(start..<start + length)
            numbers.append(number)
            start += length
        }
        guard start == count else { return nil }
    }

    /// Runs whose ranges are known to follow each other from 0 on, none of them empty.
    init(_ ranges: [Range<Int>]) {
        self.ranges = ranges
        count = ranges.last?.upperBound ?? 0
    }
}
