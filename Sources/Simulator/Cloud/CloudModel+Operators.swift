import DeviceProtocol
import JSONScan

extension CloudModel {
    /// What an operator does to a device; `choice`, 0 to 99, decides on what it is.
    mutating func act(_ choice: Int, _ index: Int, at due: Int64) {
        switch choice {
        case 0..<52: enqueueCommand(index, at: due)
        case 52..<68: changeConfig(index, at: due)
        case 68..<80: changeLicenses(index, at: due)
        case 80..<87:
            devices[index].isInMaintenance.toggle()
            agenda.add(.publish(index, .spaceInfo), at: due)
        case 87..<94: releaseFirmware(index, at: due)
        default:
            guard roster[index].secondGeneration else { return enqueueCommand(index, at: due) }
            let rule = "rule_" + devices[index].random.uuid()
            agenda.add(
                .publish(index, .incident(issue: rule, title: "Temperature above limit", priority: "moderate")), at: due
            )
        }
    }

    /// Sends the next command of a device's queue, if nothing is out.
    mutating func sendNextCommand(_ index: Int, at due: Int64) {
        guard devices[index].open.isEmpty, !devices[index].queue.isEmpty else { return }
        devices[index].open = devices[index].queue.removeFirst()
        devices[index].batch += 1
        issuedCommands += devices[index].open.count
        agenda.add(.publish(index, .commands), at: due)
        agenda.add(.giveUp(index, batch: devices[index].batch), at: due &+ Self.patience)
    }

    private mutating func enqueueCommand(_ index: Int, at due: Int64) {
        // Nobody piles up work for a device that does not get on with it.
        guard devices[index].queue.count < 4 else { return }
        let children = roster[index].children
        if !children.isEmpty, devices[index].random.chance(0.5) {
            devices[index].queue.append(children.map { command(index, child: $0) })
        } else {
            devices[index].queue.append([command(index, child: nil)])
        }
        sendNextCommand(index, at: due)
    }

    private mutating func command(_ index: Int, child: DeviceID?) -> CloudDevice.Command {
        let custom = roster[index].model.customCommands
        let choice = devices[index].random.below(10)
        let name =
            switch choice {
            case 0, 1: "reboot"
            case 2: "dump"
            case 3 where child == nil, 4 where child == nil: "update_firmware"
            default: custom[choice % custom.count]
            }
        let id: JSONValue =
            index % 10 == 9
            ? .number(
                JSONNumber(1_000 + issuedCommands + devices[index].queue.count * 7 + devices[index].random.below(5)))
            : .string(devices[index].random.uuid())
        var parameters = parameters(of: name, index)
        if let wrong = CloudFault.wrong(parameters), faults.remove(.wrongParameter) != nil { parameters = wrong }
        return CloudDevice.Command(id: id, name: name, parameters: parameters, child: child)
    }

    private mutating func parameters(of name: String, _ index: Int) -> JSONValue {
        switch name {
        case "update_firmware":
            if devices[index].latestFirmware.map({ $0.version == devices[index].firmware }) ?? true {
                let version = CloudDevice.successor(of: devices[index].firmware)
                devices[index].latestFirmware = (version, devices[index].random.uuid())
            }
            guard let (version, file) = devices[index].latestFirmware else { return .object([]) }
            return .object([
                JSONMember("url", .string(signedURL(file, index))), JSONMember("version", .string(version)),
                JSONMember("checksum", .string("0x" + devices[index].random.hex(12))),
            ])
        case "set_input": return .object([JSONMember("input", .string("hdmi2"))])
        case "set_volume": return .object([JSONMember("level", .number(JSONNumber(devices[index].random.below(100))))])
        case "cycle_port":
            return .object([JSONMember("ports", .array([.number(JSONNumber(7)), .number(JSONNumber(8))]))])
        case "play_title": return .object([JSONMember("title", .string("Willkommen im Café"))])
        default: return index % 4 == 2 ? .null : .object([])
        }
    }

    /// The address of a file that whoever has it may fetch for a quarter of an hour.
    private mutating func signedURL(_ file: String, _ index: Int) -> String {
        "https://firmware.s3.example.com/\(file).zip?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900"
            + "&X-Amz-SignedHeaders=host&X-Amz-Signature=" + devices[index].random.hex(64)
    }

    private mutating func changeConfig(_ index: Int, at due: Int64) {
        let brightness = JSONValue.number(JSONNumber(devices[index].random.within(1...100)))
        devices[index].config = devices[index].config.map { member in
            member.key == "brightness" ? JSONMember(member.key, brightness) : member
        }
        devices[index].configVersion += 1
        devices[index].configChanged = due
        if faults.remove(.missingConfig) != nil { return }
        agenda.add(.publish(index, .config), at: due)
    }

    private mutating func changeLicenses(_ index: Int, at due: Int64) {
        let licenses = devices[index].licenses
        if licenses.isEmpty || licenses.count < 4 && devices[index].random.chance(0.4) {
            devices[index].licenses.append(devices[index].newLicense(at: settings.time(due)))
        } else {
            let position = devices[index].random.below(licenses.count)
            devices[index].licenses[position].action = devices[index].random.chance(0.6) ? .update : .remove
            devices[index].licenses[position].expires &+= 30 * 86_400_000_000_000
            devices[index].licenses[position].signature = devices[index].random.hex(128)
        }
        agenda.add(.publish(index, .licenses), at: due)
    }

    private mutating func releaseFirmware(_ index: Int, at due: Int64) {
        let version = CloudDevice.successor(of: devices[index].latestFirmware?.version ?? devices[index].firmware)
        devices[index].latestFirmware = (version, devices[index].random.uuid())
        agenda.add(.publish(index, .firmware), at: due)
    }
}
