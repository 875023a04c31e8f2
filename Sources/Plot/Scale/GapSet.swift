/// The times of a window that nobody recorded, in order and without overlaps.
struct GapSet {
    /// ns since the Unix epoch, half-open, none empty.
    let ranges: [Range<Int64>]

    init(_ gaps: [Range<Int64>], in window: Range<Int64>) {
        var merged: [Range<Int64>] = []
        let inside = gaps.lazy.map { $0.clamped(to: window) }.filter { !$0.isEmpty }
        for gap in inside.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, gap.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, gap.upperBound)
            } else {
                merged.append(gap)
            }
        }
        ranges = merged
    }

    /// The columns, of so many equal ones, that a gap touches; at least one for each gap.
    func columns(of columns: Int, scale: TimeScale) -> [Range<Int>] {
        guard columns > 0 else { return [] }
        var runs: [Range<Int>] = []
        for gap in ranges {
            let first = scale.column(gap.lowerBound, of: columns)
            let last = scale.column(gap.upperBound - 1, of: columns)
            if let run = runs.last, first <= run.upperBound {
                runs[runs.count - 1] = run.lowerBound..<max(run.upperBound, last + 1)
            } else {
                runs.append(first..<last + 1)
            }
        }
        return runs
    }
}
