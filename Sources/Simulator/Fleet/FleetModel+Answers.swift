import DeviceProtocol
import JSONScan
import MQTTWire

extension FleetModel {
    /// What a device makes of a message for it.
    mutating func react(
        _ index: Int, to decoded: DecodedMessage, payload: [UInt8], responseTopic: String?, at now: Int64
    ) {
        switch decoded.message {
        case .config:
            guard let members = (try? JSONValue.parse(payload))?.members else { return }
            devices[index].config = members
            acknowledgeConfig(index, responseTopic, at: now)
        case .commands(let commands):
            let elements = (try? JSONValue.parse(payload)).map { $0.elements ?? [$0] } ?? []
            for (command, element) in zip(commands, elements) {
                guard let id = command.id else { continue }
                let reference = CommandReference(
                    id: id, child: command.deviceID == roster[index].id ? nil : command.deviceID,
                    members: element.members ?? [], responseTopic: responseTopic)
                begin(command, reference, index, at: now)
            }
        case .licenses(let licenses):
            for (position, license) in licenses.enumerated() {
                let delay = Int64(position + 1) * 40_000_000
                acknowledge(license, index, responseTopic, at: now &+ delay)
            }
        case .spaceInfo:
            guard index % 5 == 1 else { return }
            describe("space_version", String(devices[index].reactions.within(1...9)), index, at: now &+ 90_000_000)
        default: return
        }
    }

    /// A setting that somebody changed at the device itself.
    mutating func changedConfig(_ index: Int, at due: Int64) -> SimulatedPublish? {
        // Drawn in any case, so that what has arrived does not change the samples that follow.
        let brightness = JSONValue.number(JSONNumber(devices[index].samples.within(1...100)))
        guard !devices[index].config.isEmpty else { return nil }
        devices[index].config = devices[index].config.map { member in
            switch member.key {
            case "brightness": JSONMember(member.key, brightness)
            case "last_updated": JSONMember(member.key, .string(settings.time(due).rfc3339))
            case "config": JSONMember(member.key, Self.replacing("brightness", brightness, in: member.value))
            default: member
            }
        }
        return configUpdate(index, nil, at: due)
    }

    private mutating func acknowledgeConfig(_ index: Int, _ responseTopic: String?, at now: Int64) {
        let due = now &+ devices[index].reactions.within(50...600) * 1_000_000
        if roster[index].echoesConfig {
            agenda.add(.send(index, configUpdate(index, responseTopic, at: due)), at: due)
        } else if index % 2 == 1, let version = devices[index].config.first(where: { $0.key == "version" })?.value {
            // These devices tell the version they run in their description, as text.
            describe("config_version", version.string ?? version.number?.text ?? "0", index, at: due)
        }
    }

    private func configUpdate(_ index: Int, _ responseTopic: String?, at due: Int64) -> SimulatedPublish {
        var writer = JSONWriter()
        writer.value(.object(devices[index].config))
        var publish = message(index, "config/update", writer.bytes, at: due)
        if let responseTopic { publish.topic = responseTopic }
        return publish
    }

    private mutating func acknowledge(_ license: License, _ index: Int, _ responseTopic: String?, at due: Int64) {
        guard let id = license.id, let action = license.action else { return }
        if action == .update, !roster[index].acknowledgesRenewals { return }
        let isRefused = action != .remove && devices[index].reactions.chance(0.1)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string(id)
        writer.key("state")
        let accepted = index % 8 == 6 ? "done" : "inuse"
        writer.string(isRefused ? "error" : action == .remove ? "removed" : accepted)
        if isRefused {
            writer.key("error")
            writer.string("signature does not match")
        }
        writer.endObject()
        var publish = message(index, "license/update", writer.bytes, at: due)
        if let responseTopic { publish.topic = responseTopic }
        if roster[index].commands.correlates { publish.properties.append(.correlationData(Array(id.utf8))) }
        agenda.add(.send(index, publish), at: due)
    }

    /// Sends one field of the device's description.
    private mutating func describe(_ field: String, _ value: String, _ index: Int, at due: Int64) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(field)
        writer.string(value)
        writer.endObject()
        agenda.add(.send(index, message(index, "update", writer.bytes, at: due)), at: due)
    }

    private static func replacing(_ key: String, _ value: JSONValue, in object: JSONValue) -> JSONValue {
        guard let members = object.members else { return object }
        return .object(members.map { $0.key == key ? JSONMember(key, value) : $0 })
    }
}
