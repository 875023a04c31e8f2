import DeviceProtocol

/// Which message of a block has which template, and where its values lie.
struct Shapes {
    private var table = ByteTable()
    private var shapes: [Int32]
    /// Where a row's values begin.
    private(set) var firstValues: [UInt32]

    /// Messages of one template.
    struct Group {
        var shape: Int
        /// Rows of the block: by topic, then in order of arrival.
        var rows: [Int32]
        /// Stretches of the same topic.
        var runs: [Run]
    }

    struct Run: Hashable {
        var topic: Int
        var count: Int
    }

    init(count: Int) {
        shapes = Array(repeating: 0, count: count)
        firstValues = Array(repeating: 0, count: count)
    }

    mutating func set(_ template: [UInt8], row: Int, firstValue: Int) {
        shapes[row] = Int32(truncatingIfNeeded: table.insert(template.span).number)
        firstValues[row] = UInt32(truncatingIfNeeded: firstValue)
    }

    mutating func set(shape: Int, row: Int, firstValue: Int) {
        shapes[row] = Int32(truncatingIfNeeded: shape)
        firstValues[row] = UInt32(truncatingIfNeeded: firstValue)
    }

    func shape(ofRow row: Int) -> Int { Int(shapes[row]) }

    func bytes(of shape: Int) -> [UInt8] { Array(table[shape]) }

    /// For each shape whether it is too rare to have a group of its own.
    func rare(known: TapeDictionary.Table, threshold: Int, limit: Int) -> [Bool] {
        var counts = [Int](repeating: 0, count: table.count)
        for shape in shapes { counts[Int(shape)] += 1 }
        var rare = counts.map { $0 < threshold }
        for shape in rare.indices where rare[shape] {
            rare[shape] = known.number(of: bytes(of: shape).span) == nil
        }
        let kept = rare.indices.filter { !rare[$0] }
        if kept.count > limit {
            for shape in kept.sorted(by: { (counts[$0], $1) > (counts[$1], $0) }).dropFirst(limit) {
                rare[shape] = true
            }
        }
        return rare
    }

    /// The groups, those of a kind side by side.
    func groups(_ topics: TopicList) -> [Group] {
        // Two stable passes: by topic, then by template.
        let byTopic = Self.sorted((0..<Int32(truncatingIfNeeded: shapes.count)).map { $0 }, by: topics.rows)
        let rows = Self.sorted(byTopic, by: shapes)
        var groups: [Group] = []
        for row in rows {
            let shape = Int(shapes[Int(row)])
            let topic = Int(topics.rows[Int(row)])
            if groups.last?.shape != shape { groups.append(Group(shape: shape, rows: [], runs: [])) }
            let last = groups.count - 1
            groups[last].rows.append(row)
            if let run = groups[last].runs.last, run.topic == topic {
                groups[last].runs[groups[last].runs.count - 1].count += 1
            } else {
                groups[last].runs.append(Run(topic: topic, count: 1))
            }
        }
        let kinds = groups.map { topics.kind(ofRow: Int($0.rows[0])).rawValue }
        return groups.indices.sorted { (kinds[$0], $0) < (kinds[$1], $1) }.map { groups[$0] }
    }

    /// Counting sort.
    private static func sorted(_ rows: [Int32], by keys: [Int32]) -> [Int32] {
        guard let highest = keys.max() else { return [] }
        var starts = [Int](repeating: 0, count: Int(highest) + 2)
        for row in rows { starts[Int(keys[Int(row)]) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var result = [Int32](repeating: 0, count: rows.count)
        for row in rows {
            let key = Int(keys[Int(row)])
            result[starts[key]] = row
            starts[key] += 1
        }
        return result
    }
}
