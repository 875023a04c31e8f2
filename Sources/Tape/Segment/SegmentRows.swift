import DeviceProtocol

/// The rows of a segment that a selection wants, in order of arrival, and their content.
struct SegmentRows {
    /// One message of the segment.
    struct Row {
        /// Place in the order of arrival, from 0.
        var rank: Int
        var arrival: Int64
        /// Position in ``contents``.
        var group: Int
        /// Row of the group.
        var row: Int
        /// Position in the segment's list of topics.
        var topic: Int
    }

    /// In order of arrival.
    private(set) var rows: [Row] = []
    /// What the rows' messages are made of, for each group that has any.
    private(set) var contents: [GroupContent] = []

    /// Chooses and restores.
    ///
    /// - Parameters:
    ///   - segment: the segment.
    ///   - window: times of arrival, half open.
    ///   - wants: whether the messages of a topic in a group are wanted, by their positions; nil for all.
    /// - Throws: ``SegmentDamage`` where the segment cannot be read.
    init(
        _ segment: SegmentReader, window: Range<Int64>, wants: ((_ topic: Int, _ group: Int) -> Bool)? = nil
    ) throws(SegmentDamage) {
        let layout = segment.layout
        if let wants {
            let isAnyWanted = layout.groups.indices.contains { group in
                layout.groups[group].runs.contains { wants($0.topic, group) }
            }
            guard isAnyWanted else { return }
        }
        var arrivals: [Int64] = []
        var ranks: [Int64]?
        arrivals.reserveCapacity(layout.count)
        for index in layout.groups.indices {
            try choose(index, segment, window, wants, &arrivals, &ranks)
        }
        order(arrivals, ranks)
    }

    private mutating func choose(
        _ index: Int, _ segment: SegmentReader, _ window: Range<Int64>, _ wants: ((Int, Int) -> Bool)?,
        _ arrivals: inout [Int64],
        _ ranks: inout [Int64]?
    ) throws(SegmentDamage) {
        let group = segment.layout.groups[index]
        let own = try segment.arrivals(ofGroup: index)
        let ownRanks = try segment.ranks(ofGroup: index)
        var chosen = [Bool](repeating: false, count: own.count)
        var start = 0
        let before = rows.count
        for run in group.runs {
            let end = start + run.count
            if wants?(run.topic, index) ?? true {
                for row in start..<end where window.contains(own[row]) {
                    chosen[row] = true
                    // The rank is still the place in `arrivals`.
                    rows.append(
                        Row(
                            rank: arrivals.count + row, arrival: own[row], group: contents.count, row: row,
                            topic: run.topic))
                }
            }
            start = end
        }
        arrivals.append(contentsOf: own)
        if let ownRanks { ranks = (ranks ?? []) + ownRanks }
        if rows.count > before {
            let isAll = rows.count - before == own.count
            contents.append(try segment.content(ofGroup: index, rows: isAll ? nil : chosen))
        }
    }

    /// Sorts the rows and gives them their ranks.
    private mutating func order(_ arrivals: [Int64], _ ranks: [Int64]?) {
        if let ranks {
            for index in rows.indices { rows[index].rank = Int(truncatingIfNeeded: ranks[rows[index].rank]) }
            rows.sort { $0.rank < $1.rank }
        } else if rows.count * 8 > arrivals.count {
            // Nearly all are wanted: order them all.
            var rankOf = [Int32](repeating: 0, count: arrivals.count)
            for (rank, position) in RowOrder.ascending(arrivals).enumerated() {
                rankOf[Int(position)] = Int32(truncatingIfNeeded: rank)
            }
            for index in rows.indices { rows[index].rank = Int(rankOf[rows[index].rank]) }
            if rows.count == arrivals.count {
                var sorted = rows
                for row in rows { sorted[row.rank] = row }
                rows = sorted
            } else {
                let unsorted = rows
                rows = RowOrder.ascending(unsorted.map { Int64($0.rank) }).map { unsorted[Int($0)] }
            }
        } else {
            rows.sort { $0.arrival < $1.arrival }
            let places = RowOrder.ranks(of: rows.map(\.arrival), among: arrivals)
            for index in rows.indices { rows[index].rank = places[index] }
        }
    }
}
