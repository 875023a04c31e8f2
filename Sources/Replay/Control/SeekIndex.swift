import Synchronization

/// Remembers where on the tape places of recorded time stand, so that going back does not read from the beginning.
///
/// Bounded: when it is full every second place is forgotten and the others grow twice as far apart.
final class SeekIndex: Sendable {
    /// A place to read on from.
    struct Place: Sendable, Hashable {
        /// The round of a loop, from 0.
        var round: Int64 = 0
        /// Messages of the tape up to this one are passed over.
        var after: Int64 = 0
        /// Recorded time of the next message, ns since the first of round 0.
        var offset: Int64 = 0
        /// Recorded time at which the round begins.
        var roundStart: Int64 = 0
    }

    private struct Content {
        var places: [Place] = []
        var spacing: Int64 = 500_000_000
        /// From the beginning of a round to that of the next, once a round was read to its end.
        var period: Int64?
    }

    private static let limit = 1_024
    private let content = Mutex(Content())

    /// Takes note of a message of the first round that was read.
    func note(before sequence: Int64, offset: Int64) {
        content.withLock { content in
            if let last = content.places.last, offset < last.offset &+ content.spacing { return }
            content.places.append(Place(after: sequence - 1, offset: offset))
            guard content.places.count >= Self.limit else { return }
            content.places = content.places.enumerated().compactMap { $0.offset.isMultiple(of: 2) ? $0.element : nil }
            content.spacing *= 2
        }
    }

    /// Takes note of how long a round is with the pause after it.
    func note(period: Int64) {
        content.withLock { $0.period = period }
    }

    /// The last known place at or before one of recorded time.
    func place(before offset: Int64) -> Place {
        content.withLock { content in
            var round: Int64 = 0
            var local = max(0, offset)
            if let period = content.period, period > 0 {
                round = local / period
                local %= period
            }
            let start = round * (content.period ?? 0)
            let index = content.places.partitioningIndex { $0.offset > local }
            guard index > 0 else { return Place(round: round, offset: start, roundStart: start) }
            let place = content.places[index - 1]
            return Place(round: round, after: place.after, offset: start &+ place.offset, roundStart: start)
        }
    }
}

extension Array {
    /// The first index whose element satisfies a condition that holds for a tail of the array.
    fileprivate func partitioningIndex(where belongsToTail: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsToTail(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
