import DeviceProtocol
import JSONScan
import MQTTWire
import Schema
import Testing

@Suite struct SchemaTests {
    private static let kinds = MessageKind.allCases.filter { $0 != .unknown }

    /// What the decoder reads from one object, and what it leaves among the extra members.
    private struct Reading {
        var fieldNames: [String]
        var extra: [JSONMember]
    }

    private func schema(_ kind: MessageKind) throws -> JSONValue {
        try JSONValue.parse(try #require(Schema.payloads[kind.rawValue]))
    }

    /// The description of one object: the schema's own, or that of the elements where lists occur too.
    private func properties(_ kind: MessageKind) throws -> [JSONMember] {
        let schema = try schema(kind)
        let object = schema["properties"] == nil ? schema["$defs"]?.members?.first?.value : schema
        return try #require(object?["properties"]?.members)
    }

    @Test func `there is a schema for every kind`() {
        #expect(Set(Schema.payloads.keys) == Set(Self.kinds.map(\.rawValue)))
    }

    @Test(arguments: kinds)
    func `a schema says what it is and where it comes from`(_ kind: MessageKind) throws {
        let schema = try schema(kind)
        #expect(schema["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
        for name in ["title", "description", "$comment", "$id"] { #expect(schema[name]?.string?.isEmpty == false) }
        #expect(schema["$comment"]?.string?.contains("https://dev.xyte.io/reference/") == true)
        for property in try properties(kind) { #expect(property.value["description"]?.string != nil) }
    }

    @Test(arguments: Sample.all)
    func `a sample is valid and decodes to its model`(_ sample: Sample) throws {
        let value = try JSONValue.parse(sample.bytes)
        #expect(JSONSchemaValidator(try schema(sample.kind)).problems(value) == [])
        let decoded = sample.decoded
        if case .unknown = decoded.message { Issue.record("\(sample) is unknown") }
        let shapes = [
            "unexpected_shape", "unexpected_type", "invalid_json", "empty_payload", "error_object", "id_mismatch",
        ]
        #expect(!decoded.findings.contains { shapes.contains($0.code) }, "\(decoded.findings)")
    }

    @Test(arguments: kinds)
    func `a schema names what the model reads, no more and no less`(_ kind: MessageKind) throws {
        let names = try properties(kind).map(\.key)
        #expect(Set(names) == Set(try reading(kind, []).fieldNames))
        #expect(names.count == Set(names).count)
    }

    @Test func `the schema of a room names what the model of a place reads`() throws {
        let location = try #require(
            try properties(.spaceInfo).first { $0.key == "location" }?.value["properties"]?.members)
        #expect(Set(location.map(\.key)) == Set(Location.fieldNames))
        let coordinates = try #require(location.first { $0.key == "coordinates" }?.value["properties"]?.members)
        #expect(Set(coordinates.map(\.key)) == Set(Location.coordinateNames))
    }

    @Test(arguments: kinds)
    func `the model reads each property in each type that the schema allows`(_ kind: MessageKind) throws {
        let validator = JSONSchemaValidator(try schema(kind))
        for property in try properties(kind) {
            for value in examples(property.value) {
                // Only beside a version is `config` the configuration; alone it would be a field of one.
                let base =
                    kind == .config || kind == .configUpdate ? [JSONMember("version", .number(JSONNumber(1)))] : []
                let members = base.filter { $0.key != property.key } + [JSONMember(property.key, value)]
                #expect(validator.problems(.object(members)) == [])
                let extra = try reading(kind, members).extra
                #expect(extra == [], "\(property.key): \(value)")
            }
        }
    }

    @Test(arguments: kinds)
    func `what no schema names is kept`(_ kind: MessageKind) throws {
        let member = JSONMember("x_new", .array([.null]))
        let base = JSONMember("device_id", .string("a"))
        #expect(try reading(kind, [base, member]).extra == [member])
    }

    /// One value of each type that a property's schema allows; of every type where it does not say.
    private func examples(_ schema: JSONValue) -> [JSONValue] {
        let types = schema["type"]?.elements?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] }
        return (types ?? ["object", "string"]).map { type in
            switch type {
            case "string": .string("x")
            case "integer": .number(JSONNumber(5))
            case "number": JSONNumber(1.5).map(JSONValue.number) ?? .null
            case "boolean": .bool(true)
            case "array": .array([])
            case "object": .object([])
            default: .null
            }
        }
    }

    private func reading(_ kind: MessageKind, _ members: [JSONMember]) throws -> Reading {
        var payload: [UInt8] = []
        JSONValue.object(members).appendJSON(to: &payload)
        let topic = try #require(DeviceTopic.topic(for: kind, device: "a"))
        switch DecodedMessage.decode(topic: topic, payload: payload, properties: .init()).message {
        case .telemetry(let model): return Reading(fieldNames: Telemetry.fieldNames, extra: model.extra)
        case .config(let model):
            return Reading(
                fieldNames: Config.fieldNames, extra: model.extra + model.fields.filter { $0.key == "x_new" })
        case .configUpdate(let model):
            return Reading(
                fieldNames: ConfigUpdate.fieldNames,
                extra: model.extra + model.config.fields.filter { $0.key == "x_new" })
        case .commands(let models): return Reading(fieldNames: Command.fieldNames, extra: models.flatMap(\.extra))
        case .commandUpdate(let model): return Reading(fieldNames: CommandUpdate.fieldNames, extra: model.extra)
        case .licenses(let models): return Reading(fieldNames: License.fieldNames, extra: models.flatMap(\.extra))
        case .licenseUpdate(let model): return Reading(fieldNames: LicenseUpdate.fieldNames, extra: model.extra)
        case .spaceInfo(let model): return Reading(fieldNames: SpaceInfo.fieldNames, extra: model.extra)
        case .firmwareNotice(let model): return Reading(fieldNames: FirmwareNotice.fieldNames, extra: model.extra)
        case .deviceUpdate(let model): return Reading(fieldNames: DeviceUpdate.fieldNames, extra: model.extra)
        case .cloudSetting(let model): return Reading(fieldNames: CloudSetting.fieldNames, extra: model.extra)
        case .snapshotRequest(let model): return Reading(fieldNames: SnapshotRequest.fieldNames, extra: model.extra)
        case .incidents(let models): return Reading(fieldNames: Incident.fieldNames, extra: models.flatMap(\.extra))
        case .telemetryBatch, .unknown: return Reading(fieldNames: [], extra: [JSONMember("no model", .null)])
        }
    }
}
