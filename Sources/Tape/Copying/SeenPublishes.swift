import DeviceProtocol
import MQTTWire

/// Recognises messages of one tape that another tape has as well, while all are read in order of arrival.
///
/// Two messages are the same publish
/// - when their tapes have the same identifier and they have the same sequence number, arrival and content, or
/// - when their tapes have different identifiers, their content is the same, their arrivals are no further apart than
///   the tolerance, and neither of them was recognised as another message of the other's tape before: the first of one
///   tape belongs to the first of the other, the second to the second.
///
/// So two messages of one tape are never taken for one. Content is topic, payload, RETAIN and all properties but
/// subscription identifiers and topic aliases, which the broker gives each connection anew; of a value that redaction
/// replaced only counts that it was replaced. QoS, DUP and packet identifier belong to the delivery.
struct SeenPublishes {
    /// Where a message comes from.
    struct Source {
        /// Tapes of one identifier have the same number.
        var tape: Int
        var sequence: Int64
    }

    private struct Seen {
        var arrival: Int64
        /// The number on the new tape.
        var number: Int64
        var content: [UInt8]
        /// The tapes that have it, the first is the one that it was taken from.
        var sources: [Source]
    }

    private let tolerance: Int64
    /// By a running number.
    private var seen: [Int: Seen] = [:]
    private var byContent: [[UInt8]: [Int]] = [:]
    /// Keys of `seen` from this one to `next` are in use.
    private var oldest = 0
    private var next = 0
    private var size = 0

    /// Bytes that are remembered at most; beyond that the oldest are forgotten before their time.
    private static let sizeLimit = 64 << 20

    /// - Parameter tolerance: ns.
    init(tolerance: Int64) {
        self.tolerance = max(0, tolerance)
    }

    /// Looks for a message among those before it.
    ///
    /// - Parameters:
    ///   - message: the message, in order of arrival.
    ///   - source: where it comes from.
    ///   - number: the number that it gets on the new tape if it is a new one.
    /// - Returns: the number of the message that it is the same as; nil when it is a new one, which is remembered.
    mutating func find(_ message: RecordedMessage, _ source: Source, number: Int64) -> Int64? {
        let arrival = message.arrival.nanoseconds
        forget(before: arrival)
        let content = Self.content(message)
        if let key = key(content, arrival, source, isRedelivery: message.duplicateOf != nil) {
            seen[key]?.sources.append(source)
            return seen[key]?.number
        }
        guard byContent[content]?.count ?? 0 < Self.equalLimit else { return nil }
        seen[next] = Seen(arrival: arrival, number: number, content: content, sources: [source])
        byContent[content, default: []].append(next)
        next += 1
        size += content.count + Self.overhead
        return nil
    }

    private static let overhead = 200
    /// Equal messages within the tolerance that are remembered; more than that are kept without a look.
    private static let equalLimit = 256

    private func key(_ content: [UInt8], _ arrival: Int64, _ source: Source, isRedelivery: Bool) -> Int? {
        guard let keys = byContent[content] else { return nil }
        for key in keys {
            guard let found = seen[key], found.arrival == arrival else { continue }
            let isSame = found.sources.contains { $0.tape == source.tape && $0.sequence == source.sequence }
            if isSame { return key }
        }
        // Its original is what can be matched; a redelivery is a fact of one tape.
        if isRedelivery { return nil }
        return keys.first { key in
            guard let found = seen[key] else { return false }
            let (distance, overflow) = arrival.subtractingReportingOverflow(found.arrival)
            return !overflow && distance.magnitude <= UInt64(tolerance)
                && !found.sources.contains { $0.tape == source.tape }
        }
    }

    private mutating func forget(before arrival: Int64) {
        let limit = arrival &- tolerance
        while oldest < next, size > Self.sizeLimit || (seen[oldest]?.arrival ?? .min) < limit {
            if let gone = seen.removeValue(forKey: oldest) {
                size -= gone.content.count + Self.overhead
                if let first = byContent[gone.content]?.firstIndex(of: oldest) {
                    byContent[gone.content]?.remove(at: first)
                }
                if byContent[gone.content]?.isEmpty ?? false { byContent[gone.content] = nil }
            }
            oldest += 1
        }
    }

    /// What two recorders get alike of one publish.
    static func content(_ message: RecordedMessage) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.size + 16)
        bytes.append(message.retain ? 1 : 0)
        for part in [Array(message.topic.utf8), properties(message.properties)] {
            VariableInteger.append(UInt64(part.count), to: &bytes)
            bytes.append(contentsOf: part)
        }
        bytes.append(contentsOf: RedactedText.withoutDigits(message.payload) ?? message.payload)
        return bytes
    }

    private static func properties(_ properties: PublishProperties) -> [UInt8] {
        if properties.isEmpty { return [] }
        return properties.map { property in
            switch property {
            case .subscriptionIdentifier, .topicAlias: nil
            case .userProperty(let name, let value):
                .userProperty(name: name, value: hidden(value))
            default: property
            }
        }.bytes
    }

    /// Recorders with different keys leave different placeholders.
    private static func hidden(_ value: String) -> String {
        RedactedText.withoutDigits(Array(value.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? value
    }
}
