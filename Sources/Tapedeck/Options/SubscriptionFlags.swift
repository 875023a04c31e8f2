import ArgumentParser
import MQTTWire
import Recorder

/// What to subscribe to: filters, each at a QoS.
struct SubscriptionFlags: ParsableArguments {
    @Option(name: .shortAndLong, help: "A topic filter to subscribe to; may be repeated (default: v1/device/#).")
    var topic: [String] = []

    @Option(name: .shortAndLong, help: "The highest QoS to record at: 0, 1 or 2. At 1 and 2 acknowledged means stored.")
    var qos: UInt8 = 1

    @Option(
        help: ArgumentHelp(
            "A topic filter with a QoS of its own, beside those of -t; may be repeated. What follows the last = is the QoS.",
            valueName: "filter=qos"))
    var topicQos: [String] = []

    func validate() throws {
        guard qos <= 2 else { throw ValidationError("--qos is 0, 1 or 2.") }
        let filters = try subscriptions().map(\.filter)
        for (index, filter) in filters.enumerated() {
            for other in filters.dropFirst(index + 1) where filter.overlaps(other) {
                throw ValidationError(
                    "The filters \(filter) and \(other) overlap, and the broker would deliver some messages twice: "
                        + (filter.covers(other) || other.covers(filter)
                            ? "\(filter.covers(other) ? filter : other) alone is enough."
                            : "choose filters that do not."))
            }
        }
    }

    /// The subscriptions asked for, in the order in which they were written: those of -t first.
    func subscriptions() throws -> [RecordOptions.Subscription] {
        let usual = QualityOfService(rawValue: qos) ?? .atLeastOnce
        var list = try topic.map { RecordOptions.Subscription(filter: try Self.filter($0), qos: usual) }
        for text in topicQos {
            guard let equals = text.lastIndex(of: "="), let number = UInt8(text[text.index(after: equals)...]),
                let qos = QualityOfService(rawValue: number)
            else {
                throw ValidationError("--topic-qos \(text): write it FILTER=QOS, for example v1/device/+/telemetry=0.")
            }
            list.append(.init(filter: try Self.filter(String(text[..<equals])), qos: qos))
        }
        return list.isEmpty ? [.init(filter: try Self.filter("v1/device/#"), qos: usual)] : list
    }

    private static func filter(_ text: String) throws -> TopicFilter {
        do { return try TopicFilter(text) } catch { throw ValidationError("\(error)") }
    }
}
