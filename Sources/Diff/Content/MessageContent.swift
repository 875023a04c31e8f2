import DeviceProtocol
import JSONScan
import MQTTWire
import Tape

/// Turns messages into what is compared of them: ids of devices translated, secrets and what rules ignore left out.
struct ContentReader {
    /// How messages are looked at.
    let isStrict: Bool
    /// The translation of ids; empty on the candidate's side.
    let devices: DeviceMap
    /// Whether the two sides' ids differ at all, so that bytes cannot be compared as they are.
    let comparesSpelling: Bool

    private static let unknownTopic = DeviceTopic(device: nil, kind: .unknown, suffix: "")

    /// The JSON value of a payload, unwrapped where it is encoded twice; nil where it is none.
    static func value(_ payload: [UInt8]) -> JSONValue? {
        let decoded = DecodedMessage.decode(topic: unknownTopic, payload: payload, properties: PublishProperties())
        if case .unknown(let unknown) = decoded.message { return unknown.value }
        return nil
    }

    /// The payload as a value: what is no JSON becomes an object with its text or, where it is none, its bytes in hex.
    static func shown(_ payload: [UInt8]) -> JSONValue {
        if let value = value(payload) { return value }
        if payload.isEmpty { return .object([JSONMember("$empty", .bool(true))]) }
        if let text = String(validating: payload, as: UTF8.self) {
            return .object([JSONMember("$text", .string(text))])
        }
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        for byte in payload { hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return .object([JSONMember("$bytes", .string(String(decoding: hex, as: UTF8.self)))])
    }

    /// Everything that is compared of a message, before rules.
    func content(_ message: RecordedMessage, _ topic: DeviceTopic) -> JSONValue {
        var members = [
            JSONMember(ContentPath.payload, translated(Self.shown(message.payload))),
            JSONMember("topic", .string(devices.translated(topic.suffix))),
            JSONMember("qos", .number(JSONNumber(message.qos.rawValue))),
            JSONMember("retain", .bool(message.retain)),
        ]
        let properties = properties(message.properties, topic)
        if !properties.isEmpty { members.append(JSONMember("properties", .object(properties))) }
        if isStrict {
            members.append(JSONMember("dup", .bool(message.dup)))
            if comparesSpelling {
                let text = String(decoding: message.payload, as: UTF8.self)
                members.append(JSONMember(Self.spelling, .string(String(ContentHash.of(text), radix: 16))))
            }
        }
        return .object(members)
    }

    /// The member that tells whether two payloads with the same values are the same bytes.
    static let spelling = "spelling"

    /// A value as the candidate would have it.
    private func translated(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .number: return value
        case .string(let text): return .string(secretsHidden(devices.isEmpty ? text : devices.translated(text)))
        case .array(let elements): return .array(elements.map(translated))
        case .object(let members):
            return .object(
                members.map { member in
                    JSONMember(
                        devices.isEmpty ? member.key : devices.translated(member.key), translated(member.value))
                })
        }
    }

    /// Placeholders of redacted secrets are made with a key of the recording machine: which secret it was, two
    /// recordings cannot tell.
    private func secretsHidden(_ text: String) -> String {
        if isStrict || text.utf8.count < RedactedText.prefix.utf8.count { return text }
        if text.utf8.starts(with: RedactedText.prefix.utf8) { return RedactedText.prefix }
        return RedactedText.withoutDigits(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// Whether no two runs have the same value in the user property of this name.
    private static func differs(_ name: String) -> Bool {
        ["access_key", MessageOrigin.property].contains { $0.utf8.elementsEqual(name.utf8) }
    }

    private func properties(_ properties: PublishProperties, _ topic: DeviceTopic) -> [JSONMember] {
        if properties.isEmpty { return [] }
        var members: [JSONMember] = []
        var users: [JSONMember] = []
        for property in properties.list {
            switch property {
            case .userProperty(let name, let value):
                if !isStrict, Self.differs(name) { continue }
                users.append(JSONMember(name, .string(secretsHidden(devices.translated(value)))))
            case .responseTopic(let text):
                let translated = devices.translated(text)
                members.append(JSONMember("response_topic", .string(isStrict ? translated : withoutIDs(translated))))
            case .contentType(let text): members.append(JSONMember("content_type", .string(text)))
            case .payloadFormatIndicator(let format):
                members.append(JSONMember("payload_format", .number(JSONNumber(format))))
            case .correlationData(let data):
                guard isStrict else { continue }
                members.append(JSONMember("correlation_data", Self.shown(data)))
            case .messageExpiryInterval(let seconds):
                guard isStrict else { continue }
                members.append(JSONMember("message_expiry", .number(JSONNumber(seconds))))
            case .subscriptionIdentifier(let number):
                guard isStrict else { continue }
                members.append(JSONMember("subscription_ids", .number(JSONNumber(number))))
            case .topicAlias: continue
            }
        }
        if !users.isEmpty { members.append(JSONMember("user", grouped(users))) }
        return members
    }

    /// User properties by name; a name that comes more than once has all its values in order (MQTT 5.0 §3.3.2.3.7).
    private func grouped(_ users: [JSONMember]) -> JSONValue {
        var members: [JSONMember] = []
        for user in users {
            guard let place = members.firstIndex(where: { $0.key.utf8.elementsEqual(user.key.utf8) }) else {
                members.append(user)
                continue
            }
            members[place].value = .array((members[place].value.elements ?? [members[place].value]) + [user.value])
        }
        return .object(members)
    }

    /// A response topic in which everything behind the device that looks like the id of something is the same.
    private func withoutIDs(_ topic: String) -> String {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count > 3 else { return topic }
        return levels.enumerated().map { index, level in
            index > 2 && Self.looksLikeID(level) ? "*" : String(level)
        }.joined(separator: "/")
    }

    private static func looksLikeID(_ level: Substring) -> Bool {
        var digits = 0
        for byte in level.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"): break
            default: return false
            }
        }
        return digits > 0
    }
}
