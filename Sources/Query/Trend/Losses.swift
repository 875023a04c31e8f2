import DeviceProtocol
import Tape

/// The stretches of time in which messages may be missing: rows of the loss ledger, and whatever lies before the first
/// and behind the last recording.
struct Losses {
    private var stretches: [Range<Int64>] = []

    init(_ gaps: [Gap], recorded: Range<Int64>) {
        var ranges = gaps.map { gap in
            gap.beganAt.nanoseconds..<max(gap.beganAt.nanoseconds, gap.endedAt?.nanoseconds ?? .max)
        }
        ranges.append(Int64.min..<recorded.lowerBound)
        ranges.append(recorded.upperBound..<Int64.max)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = stretches.last, range.lowerBound <= last.upperBound {
                stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                stretches.append(range)
            }
        }
    }

    /// The share of a stretch of time that is in none of them.
    func coverage(_ range: Range<Int64>) -> Double {
        var lost = 0.0
        for stretch in overlapping(range) {
            let common = stretch.clamped(to: range)
            lost += Double(common.upperBound &- common.lowerBound)
        }
        return max(0, 1 - lost / Double(range.upperBound &- range.lowerBound))
    }

    /// Whether one of them touches a stretch of time.
    func touch(_ range: Range<Int64>) -> Bool { !overlapping(range).isEmpty }

    /// Where the first of them within a stretch of time begins; nil where none touches it.
    func firstLoss(in range: Range<Int64>) -> Int64? {
        overlapping(range).first.map { max($0.lowerBound, range.lowerBound) }
    }

    private func overlapping(_ range: Range<Int64>) -> ArraySlice<Range<Int64>> {
        var low = 0
        var high = stretches.count
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < stretches.count, stretches[end].lowerBound < range.upperBound { end += 1 }
        return stretches[low..<end]
    }
}

extension TapeReader {
    /// From the beginning of the first session to the end of the last, as far as it is known.
    func recorded() throws(TapeError) -> Range<Int64> {
        let sessions = try sessions()
        guard let first = sessions.map(\.startedAt).min() else { return 0..<0 }
        var end = try summary().lastArrival.map { $0.nanoseconds &+ 1 } ?? first.nanoseconds
        for session in sessions { end = max(end, (session.endedAt ?? session.aliveAt).nanoseconds) }
        if isBeingRecorded, sessions.last?.endedAt == nil { end = .max }
        let begin = min(first.nanoseconds, try summary().firstArrival?.nanoseconds ?? .max)
        return begin..<max(begin, end)
    }
}
