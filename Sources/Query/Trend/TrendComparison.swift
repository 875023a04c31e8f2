import DeviceProtocol

/// A bucket beside the one that it is compared with.
public struct TrendComparisonRow: Sendable, Hashable {
    /// The bucket; nil where only the other has numbers.
    public var row: TrendRow?
    /// What it is compared with; nil where that has no numbers.
    public var base: TrendRow?

    /// The difference of the averages.
    public var change: Double? {
        guard let row, let base else { return nil }
        return row.average - base.average
    }

    /// The difference of the averages in per cent of the base's.
    public var changePercent: Double? {
        guard let change, let base, base.average != 0 else { return nil }
        return change / base.average.magnitude * 100
    }
}

extension TrendComparisonRow {
    private struct Key: Hashable {
        var metric: [UInt8]
        var device: DeviceID?
        var group: [UInt8]?
        var from: Int64

        init(_ row: TrendRow, from: Int64, group: String?) {
            metric = Array(row.metric.utf8)
            device = row.device
            self.group = group.map { Array($0.utf8) }
            self.from = from
        }
    }

    /// Puts the buckets of one answer beside those of another that lies `shift` ns before it.
    public static func rows(_ rows: [TrendRow], against base: [TrendRow], shift: Int64) -> [TrendComparisonRow] {
        pair(rows, base, { Key($0, from: $0.from.nanoseconds, group: $0.group) }) {
            Key($0, from: $0.from.nanoseconds &+ shift, group: $0.group)
        }
    }

    /// Puts the buckets of one group beside those of another.
    public static func rows(_ rows: [TrendRow], group: String, against base: String) -> [TrendComparisonRow] {
        func own(_ row: TrendRow, _ name: String) -> Bool {
            (row.group ?? row.device?.text ?? "").utf8.elementsEqual(name.utf8)
        }
        func key(_ row: TrendRow) -> Key {
            var row = row
            row.device = nil
            return Key(row, from: row.from.nanoseconds, group: nil)
        }
        return pair(rows.filter { own($0, group) }, rows.filter { own($0, base) }, key, key)
    }

    private static func pair(
        _ rows: [TrendRow], _ base: [TrendRow], _ key: (TrendRow) -> Key, _ baseKey: (TrendRow) -> Key
    ) -> [TrendComparisonRow] {
        var bases: [Key: TrendRow] = [:]
        for row in base { bases[baseKey(row)] = row }
        var pairs = rows.map { TrendComparisonRow(row: $0, base: bases.removeValue(forKey: key($0))) }
        // What only the base has comes last, in its own order.
        for row in base where bases[baseKey(row)] != nil { pairs.append(TrendComparisonRow(row: nil, base: row)) }
        return pairs
    }
}
