/// The numbers of one bucket.
///
/// Exact as long as there is room for all of them; then their distribution is kept in steps of one per cent.
struct TrendBucket {
    /// A number at one end of the bucket.
    struct End {
        var time: Int64
        /// Place in the order of arrival; 0 where nobody asked for it.
        var order: Int64
        var value: Double
        /// Whether another number has the same time, so that only the order of arrival tells which one it is.
        var isTied = false
    }

    private(set) var count = 0
    private(set) var minimum = Double.infinity
    private(set) var maximum = -Double.infinity
    private(set) var first = End(time: .max, order: 0, value: 0)
    private(set) var last = End(time: .min, order: 0, value: 0)
    private var total = ExactSum()
    private var values: [Double] = []
    private var sketch: QuantileSketch?
    /// Sum of the squares of distances from the mean, once there is a sketch (Welford, 1962).
    private var spread = (mean: 0.0, squares: 0.0)

    /// Adds a number; NaN is not to be added.
    @inline(__always)
    mutating func add(_ value: Double, at time: Int64, order: Int64) {
        count += 1
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
        total.add(value)
        if time <= first.time { takeFirst(value, time, order) }
        if time >= last.time { takeLast(value, time, order) }
        if sketch == nil { values.append(value) } else { addToSketch(value) }
    }

    @inline(__always)
    private mutating func takeFirst(_ value: Double, _ time: Int64, _ order: Int64) {
        let isTied = time == first.time && (first.isTied || value != first.value)
        if time < first.time || order < first.order { first = End(time: time, order: order, value: value) }
        first.isTied = isTied
    }

    @inline(__always)
    private mutating func takeLast(_ value: Double, _ time: Int64, _ order: Int64) {
        let isTied = time == last.time && (last.isTied || value != last.value)
        if time > last.time || order >= last.order { last = End(time: time, order: order, value: value) }
        last.isTied = isTied
    }

    private mutating func addToSketch(_ value: Double) {
        sketch?.add(value)
        let before = value - spread.mean
        spread.mean += before / Double(count)
        spread.squares += before * (value - spread.mean)
    }

    /// Gives up the exact numbers, to save memory.
    mutating func compress() {
        guard sketch == nil else { return }
        var sketch = QuantileSketch()
        for value in values { sketch.add(value) }
        spread = count > 0 ? (average, squares(around: average)) : (0, 0)
        self.sketch = sketch
        values = []
    }

    var sum: Double { total.value }
    var average: Double { total.divided(by: Double(count)) }

    /// The standard deviation of the numbers as a sample of many; nil of a single one.
    var deviation: Double? {
        guard count > 1 else { return nil }
        let squares = sketch == nil ? squares(around: average) : spread.squares
        return (squares / Double(count - 1)).squareRoot()
    }

    private func squares(around mean: Double) -> Double {
        var sum = ExactSum()
        for value in values { sum.add((value - mean) * (value - mean)) }
        return sum.value
    }

    /// Quantiles in the order asked for.
    func quantiles(_ wanted: [Quantile]) -> [Double] {
        if let sketch { return wanted.map { min(max(sketch.value($0), minimum), maximum) } }
        var selection = QuantileSelection(values)
        var found: [Quantile: Double] = [:]
        for quantile in Set(wanted).sorted(by: { $0.thousandths < $1.thousandths }) {
            found[quantile] = selection.value(quantile)
        }
        return wanted.map { found[$0] ?? .nan }
    }
}

/// A sum whose rounding errors are carried along (Neumaier, 1974), of any finite numbers.
struct ExactSum {
    private var sum = 0.0
    private var lost = 0.0
    /// 1, or less once the sum would have left the range of doubles.
    private var scale = 1.0

    private static let small = 0x1p-64

    @inline(__always)
    mutating func add(_ value: Double) {
        let value = value * scale
        let next = sum + value
        guard next.isFinite else { return addScaled(value) }
        lost += sum.magnitude >= value.magnitude ? (sum - next) + value : (value - next) + sum
        sum = next
    }

    private mutating func addScaled(_ value: Double) {
        // A scaled sum leaves the range after 2^64 numbers only.
        guard scale == 1, value.isFinite else { return }
        scale = Self.small
        sum *= scale
        lost *= scale
        add(value)
    }

    /// The sum; infinite beyond the range of doubles.
    var value: Double { (sum + lost) / scale }

    /// The sum divided by a number, finite also where the sum is not.
    func divided(by divisor: Double) -> Double { (sum + lost) / divisor / scale }
}
