import DeviceProtocol
import Tape

/// The stretches of time in which messages may be missing, in order, joined where they touch.
struct Losses {
    private var stretches: [Range<Int64>] = []

    /// - Parameters:
    ///   - gaps: rows of the loss ledger.
    ///   - recorded: what lies before and behind it counts as lost too; nil where that does not matter.
    init(_ gaps: [Gap], recorded: Range<Int64>? = nil) {
        // Messages of a time that happened twice are on the tape.
        var ranges = gaps.filter { $0.cause != Gap.Cause.clockBack.rawValue }.map { gap in
            gap.beganAt.nanoseconds..<max(gap.beganAt.nanoseconds, gap.endedAt?.nanoseconds ?? .max)
        }
        if let recorded {
            ranges.append(Int64.min..<recorded.lowerBound)
            ranges.append(recorded.upperBound..<Int64.max)
        }
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

    /// How much of the time between two instants is lost, ns; nil where it does not even touch a loss.
    func lost(_ from: Int64, _ until: Int64) -> Int64? {
        guard from <= until else { return nil }
        var index = place(of: from)
        // A stretch that ends just there touches.
        if index > 0, stretches[index - 1].upperBound == from { index -= 1 }
        guard index < stretches.count, stretches[index].lowerBound <= until else { return nil }
        var sum: Int64 = 0
        while index < stretches.count, stretches[index].lowerBound <= until {
            let common = stretches[index].clamped(to: from..<until)
            sum &+= common.upperBound &- common.lowerBound
            index += 1
        }
        return sum
    }

    /// The parts of a stretch of time that no loss covers.
    func rest(of range: Range<Int64>) -> [Range<Int64>] {
        var rest: [Range<Int64>] = []
        var from = range.lowerBound
        for stretch in overlapping(range) {
            if stretch.lowerBound > from { rest.append(from..<stretch.lowerBound) }
            from = max(from, min(stretch.upperBound, range.upperBound))
        }
        if from < range.upperBound { rest.append(from..<range.upperBound) }
        return rest
    }

    private func overlapping(_ range: Range<Int64>) -> ArraySlice<Range<Int64>> {
        let low = place(of: range.lowerBound)
        var end = low
        while end < stretches.count, stretches[end].lowerBound < range.upperBound { end += 1 }
        return stretches[low..<end]
    }

    /// The position of the first stretch that ends behind an instant.
    private func place(of time: Int64) -> Int {
        var low = 0
        var high = stretches.count
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].upperBound <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension TapeReader {
    /// From the beginning of the first session to the end of the last, as far as it is known.
    func recorded() throws(TapeError) -> Range<Int64> {
        let sessions = try sessions()
        guard let first = sessions.map(\.startedAt).min() else { return 0..<0 }
        var end = try summary().lastArrival.map { $0.nanoseconds &+ 1 } ?? first.nanoseconds
        for session in sessions { end = max(end, (session.endedAt ?? session.aliveAt).nanoseconds) }
        if isBeingRecorded, sessions.hasOpenRecording { end = .max }
        let begin = min(first.nanoseconds, try summary().firstArrival?.nanoseconds ?? .max)
        return begin..<max(begin, end)
    }
}

extension Gap {
    /// Whether nothing was heard: where a subscription was not granted as asked for, messages came all the same.
    var isBlind: Bool { cause != Cause.refused.rawValue && cause != Cause.downgraded.rawValue }
}
