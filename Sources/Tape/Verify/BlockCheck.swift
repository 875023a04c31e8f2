import DeviceProtocol
import MQTTWire

/// Looks at every message of a restored batch or segment and counts them.
struct BlockCheck {
    /// Messages and bytes of a topic.
    struct TopicSums {
        var name: [UInt8]
        var messages: Int64 = 0
        var bytes: Int64 = 0
        var firstArrival = Int64.max
        var lastArrival = Int64.min
    }

    private(set) var topics: [TopicSums] = []
    private(set) var clocks: [Int64: VerifyTally.Sums] = [:]
    private(set) var arrivals: ClosedRange<Int64>?
    private(set) var bytes: Int64 = 0
    /// What is wrong with single messages; the first of each kind.
    private(set) var faults: [(sequence: Int64, text: String)] = []

    init(_ block: MessageBlock) {
        var table = ByteTable()
        var knownProperties = ByteTable()
        var told: Set<String> = []
        let span = block.bytes.span
        for (index, row) in block.rows.enumerated() {
            let sequence = block.firstSequence &+ Int64(index)
            func tell(_ text: String) {
                if told.insert(text).inserted { faults.append((sequence, text)) }
            }
            let (position, isNew) = table.insert(span.extracting(row.topic.range))
            if isNew {
                topics.append(TopicSums(name: Array(table[position])))
                if String(validating: topics[position].name, as: UTF8.self) == nil { tell("a topic that is not UTF-8") }
            }
            // A device repeats its own in each message.
            if row.properties.count > 0, knownProperties.insert(span.extracting(row.properties.range)).isNew {
                let properties = Array(block.bytes[row.properties.range])
                do { _ = try PublishProperties(validating: properties) } catch { tell(error.description) }
            }
            if QualityOfService(rawValue: row.flags.rawValue & MessageFlags.qosMask) == nil { tell("QoS 3") }
            let isDuplicate = row.flags.has(MessageFlags.duplicateOf)
            if isDuplicate, row.duplicateDistance == 0 || row.duplicateDistance >= UInt64(bitPattern: sequence) {
                tell("a redelivery of a message that is not before it")
            }
            let size = Int64(row.topic.count) + Int64(row.properties.count) + Int64(row.payload.count)
            topics[position].messages += 1
            topics[position].bytes += size
            topics[position].firstArrival = min(topics[position].firstArrival, row.arrival)
            topics[position].lastArrival = max(topics[position].lastArrival, row.arrival)
            bytes += size
            arrivals =
                min(
                    arrivals?.lowerBound ?? row.arrival, row.arrival)...max(
                    arrivals?.upperBound ?? row.arrival, row.arrival)
            clocks[row.clock, default: .init()].messages += 1
            clocks[row.clock, default: .init()].bytes += size
            clocks[row.clock, default: .init()].redactions &+= Int64(clamping: row.redactions)
            if isDuplicate { clocks[row.clock, default: .init()].duplicates += 1 }
        }
    }
}
