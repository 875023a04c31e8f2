import Terminal

/// The instants with a label under the axis of time.
struct TimeTicks {
    /// A labelled instant.
    struct Tick {
        /// ns since the Unix epoch.
        let time: Int64
        let label: PlacedLabel
    }

    let ticks: [Tick]

    /// The finest ticks whose labels stand apart on an axis so many units long.
    init(scale: TimeScale, labels: TimeLabels, metrics: Metrics, width: Int) {
        let span = Double(UInt64(bitPattern: scale.window.upperBound &- scale.window.lowerBound))
        var coarsest: [Tick] = []
        for step in TimeStep.all {
            // No label is shorter than a column, and a space follows it.
            guard span / Double(step.length) * (metrics.advance + metrics.labelSpacing) <= Double(width) else {
                continue
            }
            let times = step.instants(in: scale.window, labels: labels)
            if times.isEmpty { break }
            let candidates = times.map { time in
                let text = metrics.plain(labels.label(time, step: step.length))
                let centre = Int(scale.fraction(time) * Double(width))
                return Candidate(time: time, text: text, width: metrics.width(text), centre: centre)
            }
            let (placed, isWhole) = Self.place(candidates, width: width, spacing: Int(ceiling: metrics.labelSpacing))
            coarsest = placed
            if isWhole { break }
        }
        ticks = coarsest
    }

    private struct Candidate {
        let time: Int64
        let text: DisplayText
        let width: Int
        let centre: Int
    }

    /// Puts the labels on a row, and tells whether they are enough: only those at the ends, which must move to stay on
    /// the row, may be missing.
    private static func place(_ candidates: [Candidate], width: Int, spacing: Int) -> ([Tick], isWhole: Bool) {
        var row = LabelRow(width: width, spacing: spacing)
        var placed: [Tick] = []
        func isInside(_ candidate: Candidate) -> Bool {
            let start = candidate.centre - candidate.width / 2
            return start >= 0 && start + candidate.width <= width
        }
        let inside = candidates.filter(isInside)
        for candidate in inside + candidates.filter({ !isInside($0) }) {
            if let label = row.place(candidate.text, width: candidate.width, centre: candidate.centre) {
                placed.append(Tick(time: candidate.time, label: label))
            }
        }
        let isWhole = placed.count == candidates.count || placed.count >= max(2, inside.count)
        return (placed.sorted { $0.time < $1.time }, isWhole && placed.count >= inside.count)
    }
}

/// A distance of ticks that reads well on a clock or in a calendar.
enum TimeStep {
    /// A multiple of one that divides a minute, an hour or a day, or whole days.
    case nanoseconds(Int64)
    case months(Int64)

    /// In ns; months are counted as 30 days.
    var length: Int64 {
        switch self {
        case .nanoseconds(let count): count
        case .months(let count): count / 12 * 365 * CivilTime.day + count % 12 * 30 * CivilTime.day
        }
    }

    /// From the finest to the coarsest.
    static let all: [TimeStep] = {
        var steps: [TimeStep] = []
        var unit: Int64 = 1
        while unit < CivilTime.second {
            steps += [1, 2, 5].map { .nanoseconds($0 * unit) }
            unit *= 10
        }
        for unit in [CivilTime.second, CivilTime.minute] {
            steps += [1, 2, 5, 10, 15, 30].map { .nanoseconds($0 * unit) }
        }
        steps += [1, 2, 3, 6, 12].map { .nanoseconds($0 * CivilTime.hour) }
        steps += [1, 2, 7, 14].map { .nanoseconds($0 * CivilTime.day) }
        steps += [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200].map { .months($0) }
        return steps
    }()

    /// The multiples that lie in a window, by the clock of the labels' zone.
    func instants(in window: Range<Int64>, labels: TimeLabels) -> [Int64] {
        var found: [Int64] = []
        let start = labels.local(window.lowerBound)
        let first = firstIndex(at: start)
        for offset in Int64(-1)...4096 {
            let (index, overflow) = first.addingReportingOverflow(offset)
            guard !overflow, let local = local(index) else {
                // Where Int64 begins, the first multiple may lie before it.
                if offset <= 0 { continue }
                break
            }
            let time = labels.instant(local: local)
            if time >= window.upperBound { break }
            if time >= window.lowerBound, time > found.last ?? .min { found.append(time) }
        }
        return found
    }

    private func firstIndex(at local: Int64) -> Int64 {
        switch self {
        case .nanoseconds(let step): CivilTime.floorDivide(local, step)
        case .months(let step): CivilTime.floorDivide(CivilTime(nanoseconds: local).monthCount, step)
        }
    }

    /// The multiple with an index, on the zone's clock; nil where Int64 ends, ns before 1678 included.
    private func local(_ index: Int64) -> Int64? {
        switch self {
        case .nanoseconds(let step):
            // Weeks begin on Mondays; the epoch was a Thursday.
            let shift = step % (7 * CivilTime.day) == 0 ? 4 * CivilTime.day : 0
            let (product, overflow) = index.multipliedReportingOverflow(by: step)
            let (sum, overflow2) = product.addingReportingOverflow(shift)
            return overflow || overflow2 ? nil : sum
        case .months(let step):
            return CivilTime.start(ofMonth: index * step)
        }
    }
}
