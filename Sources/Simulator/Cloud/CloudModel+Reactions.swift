import DeviceProtocol
import JSONScan

extension CloudModel {
    /// What the cloud makes of a device's message.
    mutating func react(_ index: Int, to decoded: DecodedMessage, at now: Int64) {
        switch decoded.message {
        case .snapshotRequest: publishSnapshot(index, at: now)
        case .commandUpdate(let update): note(update, index, at: now)
        case .configUpdate(let update): adopt(update.config, index, at: now)
        case .licenseUpdate(let update): note(update, index)
        case .deviceUpdate(let update):
            if let firmware = update.firmwareVersion { devices[index].firmware = firmware }
        case .telemetry(let telemetry): note(telemetry.status, index, at: now)
        default: return
        }
    }

    /// Everything that a device should know, as the vendor lists it: https://dev.xyte.io/reference/mqtt-events.
    private mutating func publishSnapshot(_ index: Int, at now: Int64) {
        var due = now &+ devices[index].delays.within(30...200) * 1_000_000
        var contents: [Content] = [.spaceInfo, .config]
        if !devices[index].open.isEmpty {
            contents.append(.commands)
        } else if index % 5 == 0 {
            contents.append(.nothingPending)
        }
        if devices[index].licenses.contains(where: { $0.action != nil }) || index % 8 == 7 {
            contents.append(.licenses)
        }
        if let latest = devices[index].latestFirmware, latest.version != devices[index].firmware {
            contents.append(.firmware)
        }
        for content in contents {
            let delay = faults.remove(.lateAnswer) == nil ? 0 : CloudFault.lateness
            agenda.add(.publish(index, content), at: due &+ delay)
            due = due &+ 4_000_000
        }
    }

    private mutating func note(_ update: CommandUpdate, _ index: Int, at now: Int64) {
        guard let status = update.status else { return }
        // An update that names no command means the oldest one that is out.
        let position = update.id.map { id in devices[index].open.firstIndex { $0.text == id } } ?? 0
        guard let position, devices[index].open.indices.contains(position) else { return }
        if status.isTerminal {
            devices[index].open.remove(at: position)
            endedCommands += 1
            if devices[index].open.isEmpty {
                agenda.add(.nextCommand(index), at: now &+ devices[index].delays.within(100...1_500) * 1_000_000)
            }
        } else if status.state == .inProgress {
            devices[index].open[position].isInProgress = true
        }
    }

    /// Takes over what was changed at the device; the same fields again are an acknowledgement.
    private mutating func adopt(_ config: Config, _ index: Int, at now: Int64) {
        guard config.version?.number == devices[index].configVersion, !config.fields.isEmpty,
            config.fields != devices[index].config
        else { return }
        devices[index].config = config.fields
        devices[index].configVersion += 1
        devices[index].configChanged = now
        agenda.add(.publish(index, .config), at: now &+ 120_000_000)
    }

    private mutating func note(_ update: LicenseUpdate, _ index: Int) {
        guard let position = devices[index].licenses.firstIndex(where: { $0.id == update.id }) else { return }
        if devices[index].licenses[position].action == .remove {
            devices[index].licenses.remove(at: position)
        } else {
            devices[index].licenses[position].action = nil
        }
    }

    private mutating func note(_ status: String?, _ index: Int, at now: Int64) {
        switch status {
        case "error", "offline":
            guard !devices[index].hasIncident else { return }
            devices[index].hasIncident = true
            let isAway = status == "offline"
            agenda.add(
                .publish(
                    index,
                    .incident(
                        issue: isAway ? "offline" : "error",
                        title: isAway ? "Device is offline" : "Device reports an error",
                        priority: isAway ? "critical" : "high")), at: now &+ 400_000_000)
        default: devices[index].hasIncident = false
        }
    }
}
