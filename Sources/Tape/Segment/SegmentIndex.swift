/// What lets a query pass over a segment without opening it: its topics and its templates.
struct SegmentIndex {
    /// A topic of a segment and how much it carries there.
    struct Topic: Hashable {
        var name: Literal
        var messages: Int64
        /// Bytes of topic, properties and payload.
        var bytes: Int64
    }

    var topics: [Topic]
    /// Numbers of the templates that have a group, ascending; 0 for each that stands in the segment itself.
    var templates: [Int64]
}

extension SegmentIndex {
    /// The columns `topics` and `templates` of table `segment`.
    var columns: (topics: [UInt8], templates: [UInt8]) {
        var bytes: [UInt8] = []
        VariableInteger.append(UInt64(topics.count), to: &bytes)
        var last: Int64 = 0
        for topic in topics {
            switch topic.name {
            case .shared(let number):
                VariableInteger.append(UInt64(bitPattern: number &- last), to: &bytes)
                last = number
            case .own(let name):
                bytes.append(0)
                VariableInteger.append(UInt64(name.count), to: &bytes)
                bytes.append(contentsOf: name)
            }
            VariableInteger.append(UInt64(bitPattern: topic.messages), to: &bytes)
            VariableInteger.append(UInt64(bitPattern: topic.bytes), to: &bytes)
        }
        var templateBytes: [UInt8] = []
        last = 0
        for number in templates {
            VariableInteger.append(UInt64(bitPattern: number &- last), to: &templateBytes)
            last = number
        }
        return (bytes, templateBytes)
    }

    /// Reads the columns.
    ///
    /// - Parameters:
    ///   - topics: column `topics`.
    ///   - templates: column `templates`.
    ///   - checksum: column `index_crc`; nil to take the columns as they are.
    /// - Throws: ``MalformedFrame`` where they make no sense.
    init(topics: [UInt8], templates: [UInt8], checksum: Int64? = nil) throws(MalformedFrame) {
        guard checksum == nil || Checksum.of(topics + templates) == checksum else {
            throw MalformedFrame(offset: 0, reason: "an index whose checksum does not fit")
        }
        self.topics = []
        self.templates = []
        var reader = ByteReader(topics)
        var last: Int64 = 0
        for _ in 0..<(try reader.count()) {
            let step = Int64(truncatingIfNeeded: try reader.integer())
            let name: Literal
            if step == 0 {
                name = .own(Array(try reader.slice()))
            } else {
                last = last &+ step
                name = .shared(last)
            }
            self.topics.append(
                Topic(
                    name: name, messages: Int64(truncatingIfNeeded: try reader.integer()),
                    bytes: Int64(truncatingIfNeeded: try reader.integer())))
        }
        guard reader.isAtEnd else { throw MalformedFrame(offset: reader.offset, reason: "bytes behind the topics") }
        reader = ByteReader(templates)
        last = 0
        while !reader.isAtEnd {
            last = last &+ Int64(truncatingIfNeeded: try reader.integer())
            self.templates.append(last)
        }
    }
}
