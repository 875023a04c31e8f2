import DeviceProtocol
import Tape

/// The stretches of time in which the recorder heard nothing, by its loss ledger.
struct BlindStretches {
    /// In order, without overlaps.
    private var stretches: [Range<Int64>] = []

    /// - Parameter gaps: the loss ledger; rows about subscriptions do not count, since messages came all the same.
    init(_ gaps: [Gap]) {
        let ranges = gaps.compactMap { gap -> Range<Int64>? in
            if gap.cause == Gap.Cause.refused.rawValue || gap.cause == Gap.Cause.downgraded.rawValue { return nil }
            let from = gap.beganAt.nanoseconds
            return from..<max(from, gap.endedAt?.nanoseconds ?? .max)
        }
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = stretches.last, range.lowerBound <= last.upperBound {
                stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                stretches.append(range)
            }
        }
    }

    /// How much of a stretch of time lies within them, ns; nil where it does not even touch one.
    func overlap(_ from: Int64, _ until: Int64) -> Int64? {
        guard !stretches.isEmpty, from <= until else { return nil }
        var low = 0
        var high = stretches.count
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].upperBound < from { low = middle + 1 } else { high = middle }
        }
        guard low < stretches.count, stretches[low].lowerBound <= until else { return nil }
        var sum: Int64 = 0
        while low < stretches.count, stretches[low].lowerBound <= until {
            let common = stretches[low].clamped(to: from..<until)
            sum &+= common.upperBound &- common.lowerBound
            low += 1
        }
        return sum
    }
}
