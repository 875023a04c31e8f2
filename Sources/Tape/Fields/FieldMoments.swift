/// When the messages of a group arrived, row by row.
public struct FieldMoments {
    /// Wall times of arrival, ns since the Unix epoch.
    public let arrivals: [Int64]
    private let ranks: [Int64]?
    private let clocks: FieldClocks

    init(arrivals: [Int64], ranks: [Int64]?, clocks: FieldClocks) {
        self.arrivals = arrivals
        self.ranks = ranks
        self.clocks = clocks
    }

    /// A number that ascends in the order of arrival, comparable within the segment.
    public func order(_ row: Int) -> Int64 { ranks?[row] ?? arrivals[row] }

    /// Number of the session in which a row's message arrived.
    public func session(_ row: Int) -> Int64 { clocks.clock(at: order(row)).session }

    /// Monotonic time of arrival, comparable within the session only, ns.
    public func monotonic(_ row: Int) -> Int64 { arrivals[row] &- clocks.clock(at: order(row)).offset }
}

/// The clocks of a segment by the order of arrival.
struct FieldClocks {
    struct Clock {
        /// From which place in the order on it holds.
        var from: Int64
        var session: Int64
        /// Wall minus monotonic time, ns.
        var offset: Int64
    }

    /// In order of their places, the first of which does not matter.
    private let clocks: [Clock]

    func clock(at order: Int64) -> Clock {
        // A segment without clocks is damaged and was not opened.
        guard let first = clocks.first else { return Clock(from: 0, session: 0, offset: 0) }
        if clocks.count == 1 { return first }
        var low = 0
        var high = clocks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if clocks[middle].from <= order { low = middle } else { high = middle }
        }
        return clocks[low]
    }
}

extension FieldClocks {
    /// The clocks of a segment.
    ///
    /// - Parameters:
    ///   - segment: the segment.
    ///   - rows: the rows of table `clock`.
    /// - Throws: ``SegmentDamage`` where the times of arrival cannot be restored.
    init(_ segment: SegmentReader, rows: [Int64: (session: Int64, offset: Int64)]) throws(SegmentDamage) {
        let stretches = segment.layout.clocks
        var places: [Int64] = []
        if stretches.count > 1 {
            places = stretches.map { Int64($0.first) }
            if segment.layout.groups.first?.ranks == nil {
                // The times of arrival are the order; from when on a clock held is known by all of them only.
                var arrivals: [Int64] = []
                for index in segment.layout.groups.indices {
                    arrivals.append(contentsOf: try segment.arrivals(ofGroup: index))
                }
                let order = RowOrder.ascending(arrivals)
                places = places.map { arrivals[Int(order[Int($0)])] }
            }
        }
        clocks = stretches.indices.map { index in
            let row = rows[stretches[index].number] ?? (0, 0)
            return Clock(from: index < places.count ? places[index] : 0, session: row.session, offset: row.offset)
        }
    }
}
