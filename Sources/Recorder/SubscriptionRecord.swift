import JSONScan
import MQTTWire

/// A subscription as asked for and as the broker answered it; kept with the session as JSON.
struct SubscriptionRecord {
    var filter: String
    var qos: QualityOfService
    /// The broker's answer (MQTT 5.0 §3.9.3): the granted QoS, or from 0x80 a refusal.
    var reasonCode: UInt8
    /// Whether a crash of the broker may have undone it.
    var isUncertain: Bool

    var isRefused: Bool { reasonCode >= 0x80 }
    var isDowngraded: Bool { !isRefused && reasonCode < qos.rawValue }

    static func json(_ records: [SubscriptionRecord]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for record in records {
            writer.beginObject()
            writer.key("filter")
            writer.string(record.filter)
            writer.key("qos")
            writer.int(Int64(record.qos.rawValue))
            writer.key(record.isRefused ? "refused" : "granted")
            writer.int(Int64(record.reasonCode))
            if record.isUncertain {
                writer.key("uncertain")
                writer.bool(true)
            }
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The filters that were granted, from such JSON.
    static func granted(in json: String) -> [String] {
        elements(json).filter { $0["granted"] != nil }.compactMap { $0["filter"]?.string }
    }

    /// Whether such JSON says for sure that exactly these subscriptions stand, each at the QoS asked for.
    static func granted(in json: String, asAskedFor subscriptions: [RecordOptions.Subscription]) -> Bool {
        let elements = elements(json)
        guard elements.count == subscriptions.count else { return false }
        return zip(elements, subscriptions).allSatisfy { element, subscription in
            element["filter"]?.string?.utf8.elementsEqual(subscription.filter.text.utf8) == true
                && element["granted"]?.number?.int64 == Int64(subscription.qos.rawValue)
                && element["qos"]?.number?.int64 == Int64(subscription.qos.rawValue) && element["uncertain"] == nil
        }
    }

    private static func elements(_ json: String) -> [JSONValue] {
        (try? JSONValue.parse(Array(json.utf8)))?.elements ?? []
    }
}
