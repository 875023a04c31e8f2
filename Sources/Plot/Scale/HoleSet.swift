/// The times of a window that nobody recorded, in order and without overlaps.
struct HoleSet {
    /// ns since the Unix epoch, half-open, none empty.
    let ranges: [Range<Int64>]

    init(_ holes: [Range<Int64>], in window: Range<Int64>) {
        var merged: [Range<Int64>] = []
        let inside = holes.lazy.map { $0.clamped(to: window) }.filter { !$0.isEmpty }
        for hole in inside.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, hole.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, hole.upperBound)
            } else {
                merged.append(hole)
            }
        }
        ranges = merged
    }

    /// The columns, of so many equal ones, that a hole touches; at least one for each hole.
    func columns(of columns: Int, scale: TimeScale) -> [Range<Int>] {
        guard columns > 0 else { return [] }
        var runs: [Range<Int>] = []
        for hole in ranges {
            let first = scale.column(hole.lowerBound, of: columns)
            let last = scale.column(hole.upperBound - 1, of: columns)
            if let run = runs.last, first <= run.upperBound {
                runs[runs.count - 1] = run.lowerBound..<max(run.upperBound, last + 1)
            } else {
                runs.append(first..<last + 1)
            }
        }
        return runs
    }
}
