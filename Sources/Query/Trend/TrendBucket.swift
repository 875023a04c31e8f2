/// The numbers of one bucket.
///
/// Exact as long as there is room for all of them; then their distribution is kept in steps of one per cent.
struct TrendBucket {
    private(set) var count = 0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    private(set) var sum = 0.0
    private(set) var first = (time: Int64.max, value: 0.0)
    private(set) var last = (time: Int64.min, value: 0.0)
    private var values: [Double] = []
    private var sketch: PercentileSketch?

    /// Adds a number; NaN is not to be added.
    @inline(__always)
    mutating func add(_ value: Double, at time: Int64) {
        count += 1
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
        sum += value
        if time < first.time { first = (time, value) }
        if time >= last.time { last = (time, value) }
        if sketch == nil { values.append(value) } else { sketch?.add(value) }
    }

    /// Gives up the exact numbers, to save memory.
    mutating func compress() {
        guard sketch == nil else { return }
        var sketch = PercentileSketch()
        for value in values { sketch.add(value) }
        self.sketch = sketch
        values = []
    }

    var average: Double { sum / Double(count) }

    /// The median and the 95th percentile.
    func percentiles() -> (median: Double, percentile95: Double) {
        if let sketch {
            return (clamped(sketch.quantile(0.5)), clamped(sketch.quantile(0.95)))
        }
        var selection = QuantileSelection(values)
        let median = selection.quantile(0.5)
        return (median, selection.quantile(0.95))
    }

    private func clamped(_ value: Double) -> Double {
        min(max(value, minimum), maximum)
    }
}

/// Quantiles of a list of numbers without sorting all of it; quantiles must be asked for in ascending order.
struct QuantileSelection {
    private var values: [Double]
    /// Everything before it is at most, everything behind it at least as large.
    private var settled = 0

    init(_ values: [Double]) {
        self.values = values
    }

    /// The quantile, between two numbers interpolated linearly; NaN without numbers.
    mutating func quantile(_ share: Double) -> Double {
        guard !values.isEmpty else { return .nan }
        let place = share * Double(values.count - 1)
        let lower = Int(place)
        select(lower)
        let below = values[lower]
        guard lower + 1 < values.count, place > Double(lower) else { return below }
        let above = values[(lower + 1)...].min() ?? below
        return below + (above - below) * (place - Double(lower))
    }

    /// Brings the number of that rank to its place (Hoare's selection).
    private mutating func select(_ rank: Int) {
        var low = settled
        var high = values.count - 1
        while low < high {
            // The middle of three, so that sorted numbers are not the worst case.
            let middle = (low + high) / 2
            if values[middle] < values[low] { values.swapAt(middle, low) }
            if values[high] < values[low] { values.swapAt(high, low) }
            if values[high] < values[middle] { values.swapAt(high, middle) }
            let pivot = values[middle]
            var left = low
            var right = high
            while left <= right {
                while values[left] < pivot { left += 1 }
                while values[right] > pivot { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if rank <= right { high = right } else if rank >= left { low = left } else { break }
        }
        settled = rank
    }
}

/// The distribution of any number of numbers in little memory: counts of logarithmic steps, each one per cent wide.
struct PercentileSketch {
    private var counts: [Int32: Int] = [:]
    private var zeros = 0
    private var count = 0

    private static let base = 0.01
    /// Smaller numbers count as 0.
    private static let smallest = 1e-12

    mutating func add(_ value: Double) {
        count += 1
        guard value.magnitude >= Self.smallest, value.isFinite else {
            zeros += 1
            return
        }
        counts[Self.key(value), default: 0] += 1
    }

    /// The quantile, to within half a per cent of its value; NaN without numbers.
    func quantile(_ share: Double) -> Double {
        guard count > 0 else { return .nan }
        var rest = Int(share * Double(count - 1))
        let keys = counts.keys.sorted()
        for key in keys where key < 0 {
            rest -= counts[key] ?? 0
            if rest < 0 { return Self.value(key) }
        }
        rest -= zeros
        if rest < 0 { return 0 }
        for key in keys where key >= 0 {
            rest -= counts[key] ?? 0
            if rest < 0 { return Self.value(key) }
        }
        return keys.last.map(Self.value) ?? 0
    }

    /// Negative numbers have negative keys that ascend with the number.
    private static func key(_ value: Double) -> Int32 {
        let step = Int32(((value.magnitude / smallest).logarithm / base).rounded(.down))
        return value < 0 ? -1 - step : step
    }

    private static func value(_ key: Int32) -> Double {
        let step = Double(key < 0 ? -1 - key : key)
        let magnitude = smallest * ((step + 0.5) * base).exponential
        return key < 0 ? -magnitude : magnitude
    }
}
