/// How often values of some size came: a fixed number of counts, however many values there are.
public struct Distribution: Sendable, Hashable {
    /// Upper bounds, inclusive, ascending.
    public let bounds: [Int64]
    /// How many values fell between each bound and the one before, and at the end how many above the last.
    public private(set) var counts: [Int64]
    /// Of all values.
    public private(set) var sum: Int64 = 0

    /// Nothing counted yet.
    ///
    /// - Parameter bounds: upper bounds, inclusive, ascending.
    public init(bounds: [Int64]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Counts a value.
    public mutating func add(_ value: Int64) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum &+= value
    }
}
