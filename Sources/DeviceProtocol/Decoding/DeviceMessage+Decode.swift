import JSONScan

extension DeviceMessage {
    /// Decodes a payload by its kind and by its own shape.
    static func decode(_ kind: MessageKind, _ payload: [UInt8], _ findings: inout FindingList) -> DeviceMessage {
        if kind == .unknown {
            // What a foreign topic carries is nobody's mistake, so there are no findings about its payload.
            var ignored = FindingList()
            return .unknown(Unknown(payload: payload, value: PayloadText.value(payload, &ignored)))
        }
        if kind == .snapshotRequest, payload.isEmpty { return .snapshotRequest(SnapshotRequest()) }
        guard let value = PayloadText.value(payload, &findings) else { return .unknown(Unknown(payload: payload)) }
        var reader = FieldReader()
        reader.findings = findings
        let message: DeviceMessage? =
            switch value {
            case .object(let members): decode(kind, members, &reader)
            case .array(let elements): decode(kind, elements, &reader)
            default: kind == .snapshotRequest ? .snapshotRequest(SnapshotRequest()) : nil
            }
        if message == nil, reader.findings.findings.count == findings.findings.count {
            reader.findings.add(.unexpectedShape(expected: kind.expectedShape, found: value.typeName))
        }
        findings = reader.findings
        return message ?? .unknown(Unknown(payload: payload, value: value))
    }

    private static func decode(
        _ kind: MessageKind, _ members: [JSONMember], _ reader: inout FieldReader
    ) -> DeviceMessage? {
        reader.findings.addDuplicates(in: members)
        if kind.mayCarryError, members.count == 1, let only = members.first, only.key == "error" {
            reader.findings.add(.errorObject(only.value.string ?? only.value.description))
            return nil
        }
        switch kind {
        case .telemetry: return telemetry(members, &reader)
        case .config: return .config(Config(members, &reader))
        case .configUpdate: return .configUpdate(ConfigUpdate(members, &reader))
        case .command: return .commands(members.isEmpty ? [] : [Command(members, &reader)])
        case .commandUpdate: return .commandUpdate(CommandUpdate(members, &reader))
        case .license: return .licenses(members.isEmpty ? [] : [License(members, &reader)])
        case .licenseUpdate: return .licenseUpdate(LicenseUpdate(members, &reader))
        case .spaceInfo: return .spaceInfo(SpaceInfo(members, &reader))
        case .firmwareNotice: return .firmwareNotice(FirmwareNotice(members, &reader))
        case .deviceUpdate: return .deviceUpdate(DeviceUpdate(members, &reader))
        case .cloudSetting: return .cloudSetting(CloudSetting(members, &reader))
        case .snapshotRequest: return .snapshotRequest(SnapshotRequest(members, &reader))
        case .incident: return .incidents(members.isEmpty ? [] : [Incident(members, &reader)])
        case .unknown: return nil
        }
    }

    private static func decode(
        _ kind: MessageKind, _ elements: [JSONValue], _ reader: inout FieldReader
    ) -> DeviceMessage? {
        switch kind {
        case .command: .commands(list(elements, &reader, Command.init))
        case .license: .licenses(list(elements, &reader, License.init))
        case .incident: .incidents(list(elements, &reader, Incident.init))
        case .snapshotRequest: .snapshotRequest(SnapshotRequest())
        default: nil
        }
    }

    private static func list<Model>(
        _ elements: [JSONValue], _ reader: inout FieldReader, _ model: ([JSONMember], inout FieldReader) -> Model
    ) -> [Model] {
        var models: [Model] = []
        for element in elements {
            if case .object(let members) = element {
                // As alone: there is nothing, or there is an error instead of something.
                if members.isEmpty { continue }
                if members.count == 1, let only = members.first, only.key == "error" {
                    reader.findings.add(.errorObject(only.value.string ?? only.value.description))
                    continue
                }
                reader.findings.addDuplicates(in: members)
                models.append(model(members, &reader))
            } else {
                reader.findings.add(.unexpectedShape(expected: "object", found: element.typeName))
            }
        }
        return models
    }

    private static func telemetry(_ members: [JSONMember], _ reader: inout FieldReader) -> DeviceMessage {
        guard TelemetryBatch.isBatch(members) else { return .telemetry(Telemetry(members, &reader)) }
        reader.findings.add(.batchShape)
        return .telemetryBatch(
            members.compactMap { member in
                guard let sample = member.value.members else { return nil }
                return (DeviceID(member.key), Telemetry(sample, &reader))
            })
    }
}

extension MessageKind {
    /// What a payload of this kind is when it is as documented.
    fileprivate var expectedShape: String {
        switch self {
        case .command, .license, .incident: "object or array"
        default: "object"
        }
    }

    /// Whether the cloud may put an error in the place of the content.
    fileprivate var mayCarryError: Bool {
        self == .telemetry || defaultDirection == .cloudToDevice
    }
}

/// Telemetry of many devices in one object: the form that the HTTPS interface has for children.
///
/// https://dev.xyte.io/reference/send-child-telemetries
private enum TelemetryBatch {
    static func isBatch(_ members: [JSONMember]) -> Bool {
        !members.isEmpty && members.allSatisfy { isUUIDLike($0.key) && $0.value.members != nil }
    }

    /// Five groups of hexadecimal digits, 30 to 40 bytes in all: samples of the vendor miss or add digits.
    private static func isUUIDLike(_ text: String) -> Bool {
        guard 30...40 ~= text.utf8.count else { return false }
        var hyphens = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): hyphens += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                continue
            default: return false
            }
        }
        return hyphens == 4
    }
}
