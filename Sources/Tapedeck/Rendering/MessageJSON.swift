import DeviceProtocol
import Foundation
import JSONScan
import MQTTWire
import Query
import Tape
import Terminal

/// Writes messages as JSON Lines, straight from their bytes.
///
/// Lossless: `payload` is the exact text, or `payload_base64` the exact bytes where they are no UTF-8.
///
/// Implementation note: the line is put together from ready-made pieces in one buffer, and properties, which a device
/// repeats in each of its messages, are turned into JSON once; the writer for any JSON takes twice the time.
struct MessageJSON {
    /// The sessions of retained messages.
    var snapshots: Set<Int64> = []
    private var line = JSONLine()
    private var seenProperties: [PublishProperties: [UInt8]] = [:]
    /// Enough for the devices of a fleet that are active at a time; then it begins anew.
    private static let seenLimit = 4096

    /// Writes the line of a message.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func write(_ row: MessageRow, to output: OutputBuffer) throws {
        line.removeAll()
        append(row)
        try output.append(bytes: line.bytes)
    }

    private mutating func append(_ row: MessageRow) {
        let message = row.message
        line.append("{\"seq\":")
        line.append(message.sequence)
        line.append(",\"time\":\"")
        line.append(message.arrival)
        if let deviceTime = row.deviceTime {
            line.append("\",\"device_time\":\"")
            line.append(deviceTime)
        }
        line.append("\"")
        if let device = row.device {
            line.append(",\"device\":")
            line.append(text: device.text)
        }
        line.append(",\"kind\":")
        line.append(text: row.kind.rawValue)
        line.append(",\"topic\":")
        line.append(text: message.topic)
        line.append(",\"qos\":")
        line.append(Int64(message.qos.rawValue))
        line.append(message.retain ? ",\"retain\":true" : ",\"retain\":false")
        line.append(message.dup ? ",\"dup\":true" : ",\"dup\":false")
        append(payload: message.payload)
        append(message.properties)
        line.append(",\"session\":")
        line.append(message.session)
        if let original = message.duplicateOf {
            line.append(",\"duplicate_of\":")
            line.append(original)
        }
        if snapshots.contains(message.session) { line.append(",\"retained_snapshot\":true") }
        if message.redactions > 0 {
            line.append(",\"redactions\":")
            line.append(Int64(message.redactions))
        }
        line.append("}\n")
    }

    private mutating func append(payload: [UInt8]) {
        if Self.isText(payload) {
            line.append(",\"payload\":")
            line.append(utf8: payload.span)
        } else {
            line.append(",\"payload_base64\":")
            line.append(text: Self.base64(payload))
        }
    }

    private mutating func append(_ properties: PublishProperties) {
        if properties.isEmpty { return }
        line.append(",\"properties\":")
        if let json = seenProperties[properties] { return line.append(json) }
        var writer = JSONWriter()
        Self.properties(properties, &writer)
        if seenProperties.count >= Self.seenLimit { seenProperties.removeAll(keepingCapacity: true) }
        seenProperties[properties] = writer.bytes
        line.append(writer.bytes)
    }

    /// Bytes as Base64 (RFC 4648 §4).
    static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }

    /// Whether bytes are UTF-8, and so their text holds all of them.
    static func isText(_ bytes: [UInt8]) -> Bool {
        (try? UTF8Span(validating: bytes.span)) != nil
    }

    /// The object of a message's properties; user properties as pairs in order.
    static func properties(_ properties: PublishProperties, _ writer: inout JSONWriter) {
        let list = properties.list
        writer.beginObject()
        writeUserProperties(list, &writer)
        var subscriptions: [UInt32] = []
        for property in list {
            switch property {
            case .userProperty: break
            case .responseTopic(let topic):
                writer.key("response_topic")
                writer.string(topic)
            case .correlationData(let data):
                writer.key("correlation_data_base64")
                writer.string(base64(data))
            case .contentType(let type):
                writer.key("content_type")
                writer.string(type)
            case .payloadFormatIndicator(let format):
                writer.key("payload_format")
                writer.int(Int64(format))
            case .messageExpiryInterval(let seconds):
                writer.key("message_expiry")
                writer.int(Int64(seconds))
            case .subscriptionIdentifier(let identifier): subscriptions.append(identifier)
            case .topicAlias(let alias):
                writer.key("topic_alias")
                writer.int(Int64(alias))
            }
        }
        if !subscriptions.isEmpty {
            writer.key("subscription_ids")
            writer.beginArray()
            for identifier in subscriptions { writer.int(Int64(identifier)) }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func writeUserProperties(_ list: [PublishProperty], _ writer: inout JSONWriter) {
        var isOpen = false
        for case .userProperty(let name, let value) in list {
            if !isOpen {
                writer.key("user")
                writer.beginArray()
                isOpen = true
            }
            writer.beginArray()
            writer.string(name)
            writer.string(value)
            writer.endArray()
        }
        if isOpen { writer.endArray() }
    }
}
