import DeviceProtocol

/// The topics of a block, each once, in the order in which the segment lists them.
struct TopicList {
    /// In the order of their numbers, those that the tape has no room for last.
    private(set) var tallies: [SegmentIndex.Topic] = []
    /// Positions in `tallies`, by row of the block.
    private(set) var rows: [Int32] = []
    private var kinds: [MessageKind] = []

    init(_ block: MessageBlock, _ dictionary: inout TapeDictionary) {
        var table = ByteTable()
        var found: [SegmentIndex.Topic] = []
        let span = block.bytes.span
        rows.reserveCapacity(block.count)
        for row in block.rows {
            let name = span.extracting(row.topic.range)
            let (position, isNew) = table.insert(name)
            if isNew {
                let number = dictionary.topics.intern(name)
                let literal = number.map { Literal.shared($0) } ?? .own(Array(table[position]))
                found.append(SegmentIndex.Topic(name: literal, messages: 0, bytes: 0))
            }
            found[position].messages += 1
            found[position].bytes += Int64(row.topic.count) + Int64(row.properties.count) + Int64(row.payload.count)
            rows.append(Int32(truncatingIfNeeded: position))
        }
        let order = found.indices.sorted { (found[$0].name.number ?? .max, $0) < (found[$1].name.number ?? .max, $1) }
        var places = [Int32](repeating: 0, count: found.count)
        for (place, position) in order.enumerated() { places[position] = Int32(truncatingIfNeeded: place) }
        for index in rows.indices { rows[index] = places[Int(rows[index])] }
        tallies = order.map { found[$0] }
        kinds = order.map { MessageKind.of(topic: String(decoding: table[$0], as: UTF8.self)) }
    }

    func kind(ofRow row: Int) -> MessageKind { kinds[Int(rows[row])] }

    func write(to writer: inout SegmentWriter) {
        writer.write(tallies.count)
        var last: Int64 = 0
        for tally in tallies {
            switch tally.name {
            case .shared(let number):
                writer.write(number - last)
                last = number
            case .own(let name):
                writer.write(UInt8(0))
                writer.write(bytes: name.span)
            }
        }
    }
}
