import DeviceProtocol
import MQTTWire
import Tape

/// The messages that fulfil a filter, whole and in order of arrival.
struct WholeMessages {
    private let source: TapeSource
    private let cursor: MessageCursor
    private let filter: ScanFilter
    private var count = 0

    init(_ source: TapeSource, _ tape: OpenTape, _ filter: ScanFilter) throws(TapeError) {
        self.source = source
        self.filter = filter
        var selection = filter.selection
        selection.devices = filter.devices ?? []
        if let topics = filter.topics {
            // A topic that is no filter, because of a wildcard in it, leaves the reader all of them.
            let filters = topics.map { try? TopicFilter(String(decoding: $0, as: UTF8.self)) }
            if filters.allSatisfy({ $0 != nil }) { selection.topics = filters.compactMap(\.self) }
        }
        let after = filter.sequences.lowerBound > 0 ? filter.sequences.lowerBound - 1 : 0
        cursor = try tape.reader.messages(selection, after: after)
    }

    /// The next message; nil at the end.
    mutating func next() throws -> RecordedMessage? {
        while true {
            if count.isMultiple(of: 256) { try source.checkStop() }
            count += 1
            let message = try cursor.next()
            if !cursor.damages.isEmpty { try source.note(cursor.damages) }
            guard let message, message.sequence <= filter.sequences.upperBound else { return nil }
            if filter.topics != nil || filter.kinds != nil, !filter.wants(topic: message.topic) { continue }
            return message
        }
    }
}
