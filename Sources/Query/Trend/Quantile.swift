/// A share of a distribution in thousandths: 500 is the median.
public struct Quantile: Sendable, Hashable, CustomStringConvertible {
    /// 0…1000.
    public let thousandths: Int

    /// The median.
    public static let median = Quantile(thousandths: 500)
    /// The 95th percentile.
    public static let percentile95 = Quantile(thousandths: 950)

    init(thousandths: Int) {
        self.thousandths = thousandths
    }

    /// Reads `p99` or `p99.9`; nil for anything else.
    public init?(_ text: String) {
        guard text.first == "p" else { return nil }
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, 1...3 ~= first.utf8.count, first.utf8.allSatisfy({ 48...57 ~= $0 }),
            let whole = Int(first), whole <= 100, parts.count <= 2
        else { return nil }
        var thousandths = whole * 10
        if parts.count == 2 {
            guard parts[1].utf8.count == 1, let tenth = Int(parts[1]) else { return nil }
            thousandths += tenth
        }
        guard thousandths <= 1000 else { return nil }
        self.thousandths = thousandths
    }

    /// `p99`, `p99.9`.
    public var description: String {
        thousandths % 10 == 0 ? "p\(thousandths / 10)" : "p\(thousandths / 10).\(thousandths % 10)"
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

    /// The quantile; NaN without numbers.
    ///
    /// Between the two numbers nearest to its place it is interpolated linearly, with whole weights, so that no weight is
    /// rounded.
    mutating func value(_ quantile: Quantile) -> Double {
        guard !values.isEmpty else { return .nan }
        let place = quantile.thousandths * (values.count - 1)
        let lower = place / 1000
        let weight = Double(place % 1000)
        select(lower)
        let below = values[lower]
        guard weight > 0, let above = values[(lower + 1)...].min() else { return below }
        if below == above { return below }
        let value = (below * (1000 - weight) + above * weight) / 1000
        // Of huge numbers, a thousandth first.
        return value.isFinite ? value : below / 1000 * (1000 - weight) + above / 1000 * weight
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
struct QuantileSketch {
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
    func value(_ quantile: Quantile) -> Double {
        guard count > 0 else { return .nan }
        var rest = quantile.thousandths * (count - 1) / 1000
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
