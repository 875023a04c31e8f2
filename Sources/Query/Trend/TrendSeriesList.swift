import DeviceProtocol

/// The series of a trend under numbers: a metric, and what it is grouped by.
struct TrendSeriesList {
    /// One series.
    struct Series {
        var metric: String
        var device: DeviceID?
        var label: String?
    }

    /// Texts are compared by bytes: Swift's own equality takes different spellings of a letter for the same.
    private struct Key: Hashable {
        var metric: [UInt8]
        var device: DeviceID?
        var label: [UInt8]?
    }

    private var series: [Series] = []
    private var numbers: [Key: Int] = [:]
    /// What was looked up last: mostly the same again.
    private var last: Int?

    subscript(index: Int) -> Series { series[index] }

    /// The number of a series, new or known.
    mutating func index(of metric: String, _ device: DeviceID?, _ label: String?) -> Int {
        if let last, series[last].device == device, Self.same(series[last].metric, metric),
            Self.same(series[last].label, label)
        {
            return last
        }
        let key = Key(metric: Array(metric.utf8), device: device, label: label.map { Array($0.utf8) })
        let index = numbers[key] ?? series.count
        if index == series.count {
            numbers[key] = index
            series.append(Series(metric: metric, device: device, label: label))
        }
        last = index
        return index
    }

    private static func same(_ first: String?, _ second: String?) -> Bool {
        guard let first, let second else { return first == nil && second == nil }
        return first.utf8.elementsEqual(second.utf8)
    }

    /// Numbers by metric, then device, then label.
    func sorted(_ indices: [Int]) -> [Int] {
        let keys = indices.map { index in
            let one = series[index]
            return [one.metric, one.device?.text ?? "", one.label ?? ""].map { Array($0.utf8) }
        }
        return keys.indices.sorted { first, second in
            for part in 0..<3 where keys[first][part] != keys[second][part] {
                return keys[first][part].lexicographicallyPrecedes(keys[second][part])
            }
            return indices[first] < indices[second]
        }.map { indices[$0] }
    }
}
