import DeviceProtocol
import JSONScan
import MQTTWire

extension CloudModel {
    /// A message to a device, with what holds when it is sent; nil when there is nothing to say any more.
    mutating func message(_ content: Content, _ index: Int, at due: Int64) -> SimulatedPublish? {
        let isNew = roster[index].secondGeneration
        switch content {
        case .spaceInfo: return publish(index, "space_info", spaceInfo(index, at: due), at: due)
        case .config: return publish(index, "config", config(index), answered: true, at: due)
        case .commands:
            guard let first = devices[index].open.first else { return nil }
            if devices[index].open.count > 1 || first.child != nil {
                let children = JSONValue.array(devices[index].open.map { command($0, index) })
                return publish(index, "command/children", children, at: due)
            }
            return publish(index, isNew ? "command" : "commands", command(first, index), answered: !isNew, at: due)
        case .nothingPending:
            return publish(index, isNew ? "command" : "commands", .object([]), answered: !isNew, at: due)
        case .licenses: return licenses(index, at: due)
        case .firmware:
            guard let latest = devices[index].latestFirmware else { return nil }
            let notice = [
                JSONMember("latest_fw_version", .string(latest.version)),
                JSONMember("latest_fw_file_id", .string(latest.file)),
            ]
            return publish(index, "firmware", .object(named(notice, index)), at: due)
        case .incident(let issue, let title, let priority):
            let incident = incident(issue, title, priority, index, at: due)
            return publish(index, "incidents", .array([.object(incident)]), at: due)
        }
    }

    private func publish(
        _ index: Int, _ suffix: String, _ value: JSONValue, answered: Bool = false, at due: Int64
    ) -> SimulatedPublish {
        var writer = JSONWriter()
        writer.value(value)
        let topic = roster[index].topic(suffix)
        return SimulatedPublish(
            side: .cloud, topic: topic, payload: writer.bytes, qos: .atLeastOnce,
            properties: PublishProperties(answered ? [.responseTopic(topic + "/update")] : []), dueOffset: due)
    }

    /// The members, with the device in front where its interface has that.
    private func named(_ members: [JSONMember], _ index: Int) -> [JSONMember] {
        guard roster[index].namesDevice else { return members }
        return [JSONMember("device_id", .string(roster[index].id.text))] + members
    }

    private func command(_ command: CloudDevice.Command, _ index: Int) -> JSONValue {
        var members = [JSONMember("id", command.id)]
        if let device = command.child ?? (roster[index].namesDevice ? roster[index].id : nil) {
            members.append(JSONMember("device_id", .string(device.text)))
        }
        members += [
            JSONMember("status", .string(command.isInProgress ? "in_progress" : "pending")),
            JSONMember("name", .string(command.name)), JSONMember("parameters", command.parameters),
        ]
        return .object(members)
    }

    private func config(_ index: Int) -> JSONValue {
        let device = devices[index]
        let version: JSONValue =
            roster[index].versionIsText
            ? .string(String(device.configVersion)) : .number(JSONNumber(device.configVersion))
        let style: TimestampStyle = index % 4 == 1 ? .offset(minutes: 0) : index % 4 == 2 ? .seconds : .milliseconds
        let stamps = [JSONMember("version", version), JSONMember("last_updated", time(device.configChanged, style))]
        guard roster[index].wrapsConfig else { return .object(stamps + device.config) }
        let head = named([JSONMember("name", .string(roster[index].name))], index)
        return .object(head + stamps + [JSONMember("config", .object(device.config))])
    }

    private mutating func licenses(_ index: Int, at due: Int64) -> SimulatedPublish? {
        let pending = devices[index].licenses.filter { $0.action != nil }
        if roster[index].secondGeneration {
            let elements = pending.map { JSONValue.object(named(license($0, index, at: due), index)) }
            return publish(index, "license", .array(elements), answered: true, at: due)
        }
        guard let first = pending.first else { return nil }
        return publish(index, "license", .object(named(license(first, index, at: due), index)), answered: true, at: due)
    }

    private func license(_ license: CloudDevice.License, _ index: Int, at due: Int64) -> [JSONMember] {
        let action = license.action ?? .add
        var members = [
            JSONMember("data", .string(license.data)), JSONMember("signature", .string(license.signature)),
            JSONMember("id", .string(license.id)),
        ]
        let expiry = time(license.expires &- settings.start.nanoseconds, .seconds)
        switch index % 3 {
        case 0:
            members += LicenseAction.allCases.map { JSONMember($0.rawValue, .bool($0 == action)) }
        case 1:
            members += [JSONMember(action.rawValue, .bool(true)), JSONMember("expired_at", expiry)]
        default:
            members += [
                JSONMember("action", .string(action.rawValue)), JSONMember("expires_at", expiry),
                JSONMember("current_time", time(due, .milliseconds)),
            ]
        }
        return members
    }

    private func spaceInfo(_ index: Int, at due: Int64) -> JSONValue {
        let profile = roster[index]
        func coordinate(_ value: Int, _ fraction: Int) -> JSONValue {
            .number(JSONNumber("\(value).\(fraction)") ?? JSONNumber(value))
        }
        let longitude = index % 3 == 1 ? "long" : "lng"
        let coordinates = [
            JSONMember("lat", coordinate(30 + index % 30, 165_691)),
            JSONMember(longitude, coordinate(profile.utcOffset / 4, 451_526)),
        ]
        let location: JSONValue =
            index % 7 == 6
            ? .null
            : .object([
                JSONMember("coordinates", .object(coordinates)),
                JSONMember("utc_offset", .number(JSONNumber(profile.utcOffset))),
                JSONMember("name", .string(profile.room)),
            ])
        return .object(
            named(
                [
                    JSONMember("location", location),
                    JSONMember("temperature_units", .string(index % 4 == 2 ? "Fahrenheit" : "celsius")),
                    JSONMember("maintenance", .bool(devices[index].isInMaintenance)),
                    JSONMember("name", .string(profile.room)),
                    JSONMember("local_time", time(due, .offset(minutes: profile.utcOffset))),
                ], index))
    }

    private mutating func incident(
        _ issue: String, _ title: String, _ priority: String, _ index: Int, at due: Int64
    ) -> [JSONMember] {
        [
            JSONMember("id", .string(devices[index].delays.uuid())),
            JSONMember("device_id", .string(roster[index].id.text)), JSONMember("status", .string("active")),
            JSONMember("priority", .string(priority)), JSONMember("title", .string(title)),
            JSONMember("description", .null), JSONMember("issue", .string(issue)),
            JSONMember("created_at", time(due, .seconds)), JSONMember("updated_at", time(due, .seconds)),
        ]
    }

    /// A time as a string value.
    private func time(_ offset: Int64, _ style: TimestampStyle) -> JSONValue {
        var writer = JSONWriter()
        style.writeValue(settings.time(offset), to: &writer)
        return (try? JSONValue.parse(writer.bytes)) ?? .null
    }
}
