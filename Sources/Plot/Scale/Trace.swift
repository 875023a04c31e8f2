/// What is seen of a series: its points, thinned out to what its columns can show.
///
/// A column keeps the first, the smallest, the largest and the last of its points, so that a spike survives however
/// many points surround it, and neighbouring columns meet where the data do.
struct Trace {
    /// The reach of the points of one column.
    struct Reach {
        let time: Int64
        let lower: Double
        let upper: Double
    }

    /// Points that a line joins; from one run to the next there is a gap.
    private(set) var runs: [[LinePanel.Point]] = []
    /// The reach of the points, broken where the line is broken.
    private(set) var reaches: [[Reach]] = []
    /// The values that are seen, with their reach; nil when there are none.
    private(set) var values: ClosedRange<Double>?
    /// How many points lie in the window and are finite.
    private(set) var count = 0
    /// How many values of the window are not finite.
    private(set) var skipped = 0

    init(_ series: LinePanel.Series, scale: TimeScale, gaps: GapSet, columns: Int) {
        let window = scale.window
        var column: Column?
        var breaks = Breaks(gaps: gaps.ranges, maximumStep: series.maximumStep)
        var isBroken = true
        var previous = window.lowerBound
        let first = Self.firstIndex(notBefore: window.lowerBound, in: series.points)
        for index in first..<series.points.count {
            let point = series.points[index]
            if point.time >= window.upperBound { break }
            guard point.value.isFinite else {
                skipped += 1
                isBroken = true
                continue
            }
            count += 1
            isBroken = isBroken || breaks.isBroken(from: previous, to: point.time)
            let number = scale.column(point.time, of: columns)
            if column?.number != number {
                finish(column)
                column = Column(number: number, followsGap: isBroken, first: point)
            } else {
                // A gap inside of a column is narrower than what can be seen.
                column?.add(point)
            }
            if index < series.bands.count { column?.reach(series.bands[index]) }
            previous = point.time
            isBroken = false
        }
        finish(column)
    }

    private mutating func finish(_ column: Column?) {
        guard let column else { return }
        if column.followsGap || runs.isEmpty {
            runs.append([])
            reaches.append([])
        }
        column.append(to: &runs[runs.count - 1])
        var seen = column.smallest.value...column.largest.value
        if column.lower <= column.upper {
            let middle = column.first.time &+ (column.last.time &- column.first.time) / 2
            reaches[reaches.count - 1].append(Reach(time: middle, lower: column.lower, upper: column.upper))
            seen = min(seen.lowerBound, column.lower)...max(seen.upperBound, column.upper)
        }
        values = values.map { min($0.lowerBound, seen.lowerBound)...max($0.upperBound, seen.upperBound) } ?? seen
    }

    private static func firstIndex(notBefore time: Int64, in points: [LinePanel.Point]) -> Int {
        var low = 0
        var high = points.count
        while low < high {
            let middle = (low + high) / 2
            if points[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The points of one column.
private struct Column {
    let number: Int
    let followsGap: Bool
    let first: LinePanel.Point
    var last: LinePanel.Point
    var smallest: LinePanel.Point
    var largest: LinePanel.Point
    var lower = Double.infinity
    var upper = -Double.infinity

    init(number: Int, followsGap: Bool, first: LinePanel.Point) {
        self.number = number
        self.followsGap = followsGap
        self.first = first
        last = first
        smallest = first
        largest = first
    }

    mutating func add(_ point: LinePanel.Point) {
        if point.value < smallest.value { smallest = point }
        if point.value > largest.value { largest = point }
        last = point
    }

    mutating func reach(_ band: LinePanel.Band) {
        guard band.lower.isFinite, band.upper.isFinite else { return }
        lower = min(lower, band.lower, band.upper)
        upper = max(upper, band.lower, band.upper)
    }

    /// Adds the points that are seen, each once, in order of time.
    func append(to run: inout [LinePanel.Point]) {
        run.append(first)
        let isRising = smallest.time <= largest.time
        for point in [isRising ? smallest : largest, isRising ? largest : smallest, last] where point != run.last {
            run.append(point)
        }
    }
}

/// Tells where a line must not go on.
private struct Breaks {
    let gaps: [Range<Int64>]
    let maximumStep: Int64?
    private var next = 0

    init(gaps: [Range<Int64>], maximumStep: Int64?) {
        self.gaps = gaps
        self.maximumStep = maximumStep
    }

    /// Whether a gap lies between two instants, each asked for in order of time.
    mutating func isBroken(from earlier: Int64, to later: Int64) -> Bool {
        while next < gaps.count, gaps[next].upperBound <= earlier { next += 1 }
        if next < gaps.count, gaps[next].lowerBound < later { return true }
        guard let maximumStep else { return false }
        return UInt64(bitPattern: later &- earlier) > UInt64(max(0, maximumStep))
    }
}
