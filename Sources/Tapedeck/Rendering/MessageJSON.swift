import DeviceProtocol
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
            line.append(text: Base64Text.encode(payload.span))
        }
    }

    private mutating func append(_ properties: PublishProperties) {
        if properties.isEmpty { return }
        line.append(",\"properties\":")
        if let json = seenProperties[properties] { return line.append(json) }
        let json = PropertiesJSON.bytes(properties)
        if seenProperties.count >= Self.seenLimit { seenProperties.removeAll(keepingCapacity: true) }
        seenProperties[properties] = json
        line.append(json)
    }

    /// Whether bytes are UTF-8, and so their text holds all of them.
    static func isText(_ bytes: [UInt8]) -> Bool {
        (try? UTF8Span(validating: bytes.span)) != nil
    }
}
