import DeviceProtocol
import JSONScan
import MQTTWire

extension Oddity {
    /// Spoils a message in this way.
    func apply(to publish: inout SimulatedPublish, at time: Timestamp, _ random: inout SeededGenerator) {
        if applyToEnvelope(of: &publish, &random) { return }
        if let payload = telemetry(at: time, &random) {
            publish.payload = payload
            return
        }
        if let members = (try? JSONValue.parse(publish.payload))?.members,
            let changed = changed(members, &random)
        {
            var writer = JSONWriter()
            writer.value(.object(changed))
            publish.payload = writer.bytes
            return
        }
        publish.payload = spoiled(publish.payload, &random)
    }

    /// Changes topic or properties; false when the oddity lies elsewhere.
    private func applyToEnvelope(of publish: inout SimulatedPublish, _ random: inout SeededGenerator) -> Bool {
        let device = DeviceTopic.parse(publish.topic).device?.text ?? "unknown"
        switch self {
        case .emptyRetained:
            publish.payload = []
            publish.retain = true
        case .unknownSubtopic:
            publish.topic = "v1/device/\(device)/" + random.pick("diagnostics", "sync", "telemetry/batch", "Telemetry")
        case .extraLevel: publish.topic += "/" + random.pick("ack", "1", "résumé")
        case .emptyLevel: publish.topic = "v1/device//telemetry"
        case .bareTopic: publish.topic = random.pick("v1/device", "v1/device/", "v1/device/\(device)")
        case .trailingSlash: publish.topic += "/"
        case .missingUserProperties: publish.properties = PublishProperties()
        case .missingAccessKey:
            publish.properties = publish.properties.map { property in
                if case .userProperty("access_key", _) = property { nil } else { property }
            }
        case .repeatedUserProperty: publish.properties.append(.userProperty(name: "device_id", value: device))
        case .foreignUserProperty:
            let foreign = random.uuid()
            publish.properties = publish.properties.map { property in
                guard case .userProperty("device_id", _) = property else { return property }
                return .userProperty(name: "device_id", value: foreign)
            }
        case .garbageCorrelation:
            // Correlation data may stand only once (MQTT 5.0 §3.3.2.3.6).
            publish.properties = publish.properties.map { property in
                if case .correlationData = property { nil } else { property }
            }
            publish.properties.append(.correlationData(Array("[object Object]".utf8)))
        default: return false
        }
        return true
    }

    /// Changes the fields of an object; nil when the oddity lies elsewhere or the object has no such field.
    private func changed(_ members: [JSONMember], _ random: inout SeededGenerator) -> [JSONMember]? {
        let word = members.contains { $0.key == "state" } ? "state" : "status"
        let id = JSONMember("id", .string(random.pick("50", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxxx", "", "null")))
        switch self {
        case .upperCaseStatus: return Self.replacing(word, members) { .string(($0.string ?? "online").uppercased()) }
        case .hyphenStatus: return Self.replacing(word, members) { _ in .string("in-progress") }
        case .unknownStatus:
            let unknown = random.pick("unknown", "unavailable", "success", "ok ")
            return Self.replacing(word, members) { _ in .string(unknown) }
        case .nullStatus: return Self.replacing(word, members) { _ in .null }
        case .numberStatus: return Self.replacing(word, members) { _ in .number(JSONNumber(1)) }
        case .integerID: return Self.replacing("id", members) { _ in .number(JSONNumber(50)) }
        case .missingID: return members.filter { $0.key != "id" }
        case .malformedID: return Self.replacing("id", members) { _ in id.value }
        case .errorForMessage: return members.filter { $0.key != "message" } + [JSONMember("error", .string("no"))]
        case .foreignPayloadID: return [JSONMember("device_id", .string(random.uuid()))] + members
        case .duplicateKeys: return members + members.prefix(1)
        case .camelCaseFirmware:
            let notice: [JSONMember] = [
                JSONMember("latest_fw_version", .string("1.9.9")),
                JSONMember("latest_fw_file_id", .string(random.uuid())),
            ]
            return [JSONMember("firmwareVersion", .object(notice))]
        case .onePairSetting: return [JSONMember("incidents.suspend_creation", .bool(true))]
        default: return nil
        }
    }

    /// Changes the bytes of a payload.
    private func spoiled(_ payload: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        switch self {
        case .emptyPayload: return []
        case .binary: return (0..<(8 + random.below(120))).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case .notUTF8:
            return Array(#"{"status":"online","telemetries":{"room":"Caf"#.utf8) + [0xe9] + Array(#""}}"#.utf8)
        case .byteOrderMark: return [0xef, 0xbb, 0xbf] + payload
        case .trailingNUL: return payload + [0]
        case .trailingNewline: return payload + Array("\r\n".utf8)
        case .doubleEncoded:
            var writer = JSONWriter()
            writer.string(String(decoding: payload, as: UTF8.self))
            return writer.bytes
        case .wrappedInArray: return Array("[".utf8) + (payload.isEmpty ? Array("{}".utf8) : payload) + Array("]".utf8)
        case .topLevelNull: return Array("null".utf8)
        case .topLevelNumber: return Array("42".utf8)
        case .topLevelTrue: return Array("true".utf8)
        case .topLevelText: return Array(#""online""#.utf8)
        case .errorObject: return Array(#"{"error":"Device not found"}"#.utf8)
        case .truncated: return Array(payload.prefix(payload.count / 2))
        case .trailingComma: return Array(payload.dropLast()) + Array(",}".utf8)
        case .unquotedKeys: return Array(#"{status: "online", telemetries: {fan_speed: 100.1}}"#.utf8)
        case .twoDocuments: return payload + payload
        case .deepNesting: return Self.nested(200 + random.below(2_000), isClosed: true)
        case .unclosedNesting: return Self.nested(10_000, isClosed: false)
        case .oversized:
            let text = String(repeating: "0123456789abcdef", count: 8_400)
            return Array(#"{"status":"online","telemetries":{"log":"\#(text)"}}"#.utf8)
        // What remains could not be applied to this payload; an object without anything is odd for all of them.
        default: return Array("{}".utf8)
        }
    }

    private static func nested(_ depth: Int, isClosed: Bool) -> [UInt8] {
        let start =
            Array(#"{"status":"online","telemetries":{"deep":"#.utf8)
            + Array(repeating: UInt8(ascii: "["), count: depth)
        guard isClosed else { return start }
        return start + Array(repeating: UInt8(ascii: "]"), count: depth) + Array("}}".utf8)
    }

    private static func replacing(
        _ key: String, _ members: [JSONMember], _ value: (JSONValue) -> JSONValue
    ) -> [JSONMember]? {
        guard members.contains(where: { $0.key == key }) else { return nil }
        return members.map { $0.key == key ? JSONMember(key, value($0.value)) : $0 }
    }
}
