import DeviceProtocol
import JSONScan
import Tape

/// Tells what messages other than telemetry changed for a device.
///
/// Takes them from the beginning of the tape, so that what held before the window is known in it.
struct TimelineFacts {
    private(set) var entries: [TimelineEntry] = []
    /// Findings by kind of message and code.
    private(set) var findings = FindingTally()
    /// When the device itself spoke, ns.
    private(set) var heard: [Int64] = []
    private(set) var follower = CommandFollower()
    /// When maintenance was on, in order; ns.
    private(set) var maintenance: [(time: Int64, isOn: Bool)] = []

    private let device: DeviceID
    private let window: Range<Int64>

    private var sentConfig: (version: ConfigVersion?, fields: [JSONMember], at: Timestamp, wasEchoed: Bool)?
    private var echoedVersion: ConfigVersion?
    private var offeredFirmware: String?
    private var reportedFirmware: String?
    private var licenses: [ByteText: String] = [:]
    private var space: [JSONMember]?
    private var described: [JSONMember] = []
    private var settings: [ByteText: JSONValue] = [:]

    init(_ device: DeviceID, _ window: Range<Int64>) {
        self.device = device
        self.window = window
    }

    /// Takes the next message, in order of arrival.
    ///
    /// - Returns: whether it concerns the device.
    mutating func add(_ message: RecordedMessage) -> Bool {
        let topic = DeviceTopic.parse(message.topic)
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        let isShown = window.contains(message.arrival.nanoseconds)
        let commands = follower.follow(message, decoded, isSelected: isShown)
        guard decoded.device == device || topic.device == device || decoded.message.deviceIDs.contains(device) else {
            return false
        }
        // A parent speaks with its own voice for its children.
        if decoded.direction == .deviceToCloud, topic.device == device || decoded.device == device {
            heard.append(message.arrival.nanoseconds)
        }
        if isShown { findings.add(decoded.findings, message, decoded.kind) }
        let start = entries.count
        tell(message, decoded, commands ?? [])
        if !isShown { entries.removeSubrange(start...) }
        return true
    }

    private mutating func tell(
        _ message: RecordedMessage, _ decoded: DecodedMessage, _ commands: [(command: Int, event: CommandEvent)]
    ) {
        var entry = TimelineEntry(time: message.arrival, event: .device, what: "")
        entry.direction = decoded.direction
        entry.sequence = message.sequence
        switch decoded.message {
        case .commands, .commandUpdate:
            for (_, event) in commands where event.device == device || decoded.topicDevice == device {
                entries.append(Self.entry(event, entry, device))
            }
        case .config(let config): send(config, entry)
        case .configUpdate(let update): echo(update.config, entry)
        case .licenses(let list):
            for license in list where (license.deviceID ?? decoded.topicDevice) == device { send(license, entry) }
        case .licenseUpdate(let update): answer(update, entry)
        case .spaceInfo(let info): enter(info, message, entry)
        case .firmwareNotice(let notice): offer(notice, entry)
        case .deviceUpdate(let update): describe(update, message, entry)
        case .cloudSetting(let setting): set(setting, entry)
        case .snapshotRequest: append(entry, .snapshot, "the device asked for everything again (as after a restart)")
        case .incidents(let list):
            for incident in list where (incident.deviceID ?? decoded.topicDevice) == device { open(incident, entry) }
        case .telemetry, .telemetryBatch, .unknown: break
        }
    }

    private mutating func append(
        _ entry: TimelineEntry, _ event: TimelineEntry.Event, _ what: String, subject: String? = nil,
        from: JSONValue? = nil, to: JSONValue? = nil, weight: TimelineEntry.Weight = .usual
    ) {
        var entry = entry
        entry.event = event
        entry.what = what
        entry.subject = subject
        entry.from = from
        entry.to = to
        entry.weight = weight
        entries.append(entry)
    }

    // MARK: Commands

    private static func entry(_ event: CommandEvent, _ base: TimelineEntry, _ device: DeviceID) -> TimelineEntry {
        var entry = base
        entry.event = .command
        entry.subject = event.id
        let name = event.name ?? "a command without name"
        let own = event.device == device ? "" : event.device.map { " for \($0.text)" } ?? ""
        let said = event.message.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
        let after = event.elapsed.flatMap { $0 > 0 ? " after \(TimelineWords.duration($0))" : nil } ?? ""
        switch event.kind {
        case .delivery: entry.what = "the cloud sends \(name)\(own)"
        case .redelivery: entry.what = "the cloud sends \(name)\(own) again\(after)"
        case .update, .duplicate:
            entry.what = "\(name)\(own): the device says \(event.rawStatus ?? "nothing of its state")\(after)\(said)"
        }
        entry.to = event.state.map { .string($0.rawValue) }
        entry.weight = .notable
        if event.kind == .update, event.state == .failed { entry.weight = .bad }
        if !event.anomalies.isEmpty {
            entry.what += " (" + event.anomalies.map { $0.word.replacing("_", with: " ") }.joined(separator: ", ") + ")"
            entry.weight = .bad
        }
        return entry
    }

    // MARK: Configuration

    private mutating func send(_ config: Config, _ entry: TimelineEntry) {
        let name = "configuration \(config.version?.text ?? "without version")"
        var sent = (version: config.version, fields: config.fields, at: entry.time, wasEchoed: false)
        guard let before = sentConfig else {
            sentConfig = sent
            return append(
                entry, .config, "the cloud sends \(name)", subject: config.version?.text, to: text(config.version),
                weight: .notable)
        }
        let changes = JSONChange.paths(from: before.fields, to: config.fields)
        if before.version == config.version, changes.isEmpty {
            sent.at = before.at
            sent.wasEchoed = before.wasEchoed
            append(entry, .config, "the cloud sends \(name) again", subject: config.version?.text)
        } else {
            let old = before.version == config.version ? "" : " (\(before.version?.text ?? "none") before)"
            let list = changes.isEmpty ? "" : ": changes \(TimelineWords.list(changes))"
            append(
                entry, .config, "the cloud sends \(name)\(old)\(list)", subject: config.version?.text,
                from: text(before.version), to: text(config.version), weight: .notable)
        }
        sentConfig = sent
    }

    private mutating func echo(_ config: Config, _ entry: TimelineEntry) {
        let name = "configuration \(config.version?.text ?? "without version")"
        defer { echoedVersion = config.version ?? echoedVersion }
        let from = text(echoedVersion)
        guard let sent = sentConfig else {
            return append(
                entry, .config, "the device says that it has \(name)", subject: config.version?.text, from: from,
                to: text(config.version), weight: .notable)
        }
        let changes = JSONChange.paths(from: sent.fields, to: config.fields)
        if sent.version == config.version || config.version == nil, changes.isEmpty {
            let lag = TimelineWords.duration(entry.time.nanoseconds &- sent.at.nanoseconds)
            append(
                entry, .config,
                sent.wasEchoed ? "the device confirms \(name) again" : "the device confirms \(name) after \(lag)",
                subject: config.version?.text, from: from, to: text(config.version),
                weight: sent.wasEchoed ? .usual : .notable)
            sentConfig?.wasEchoed = true
        } else if sent.version == config.version {
            append(
                entry, .config, "the device has another \(name) than the cloud sent: \(TimelineWords.list(changes))",
                subject: config.version?.text, from: from, to: text(config.version), weight: .bad)
        } else {
            append(
                entry, .config, "the device has \(name), the cloud sent \(sent.version?.text ?? "one without version")",
                subject: config.version?.text, from: from, to: text(config.version), weight: .bad)
        }
    }

    private func text(_ version: ConfigVersion?) -> JSONValue? { version.map { .string($0.text) } }

    // MARK: Licences

    private mutating func send(_ license: License, _ entry: TimelineEntry) {
        let id = license.id ?? "without id"
        let action = license.action?.rawValue ?? "to do nothing named"
        let expiry = license.expiresAt.text.map { ", expires \($0)" } ?? ""
        let isKnown = licenses.updateValue("sent:\(action)\(expiry)", forKey: ByteText(id)) == "sent:\(action)\(expiry)"
        append(
            entry, .license, "the cloud sends licence \(id)\(isKnown ? " again" : ""): \(action)\(expiry)",
            subject: license.id, to: .string(action), weight: isKnown ? .usual : .notable)
    }

    private mutating func answer(_ update: LicenseUpdate, _ entry: TimelineEntry) {
        let state = update.state?.raw ?? "nothing of its state"
        append(
            entry, .license,
            "licence \(update.id ?? "without id"): the device says \(state)\(update.error.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? "")",
            subject: update.id, to: update.state.map { .string($0.raw) },
            weight: update.state?.state == .error ? .bad : .notable)
    }

    // MARK: Room, firmware and the device's own words

    private mutating func enter(_ info: SpaceInfo, _ message: RecordedMessage, _ entry: TimelineEntry) {
        if let isOn = info.maintenance, isOn != maintenance.last?.isOn {
            let wasKnown = maintenance.last != nil
            maintenance.append((message.arrival.nanoseconds, isOn))
            if isOn || wasKnown {
                append(
                    entry, .space, "maintenance is \(isOn ? "on" : "over")", subject: "maintenance",
                    from: maintenance.count > 1 ? .bool(!isOn) : nil, to: .bool(isOn), weight: .notable)
            }
        }
        // The clock in it changes with every message.
        let members = (info.members(of: message)).filter { $0.key != "local_time" && $0.key != "maintenance" }
        defer { space = members }
        guard let space else {
            return append(entry, .space, "the cloud sends the room: \(info.name ?? "without name")", subject: info.name)
        }
        let changes = JSONChange.paths(from: space, to: members)
        if !changes.isEmpty {
            append(
                entry, .space, "the room changes: \(TimelineWords.list(changes))", subject: info.name, weight: .notable)
        }
    }

    private mutating func offer(_ notice: FirmwareNotice, _ entry: TimelineEntry) {
        guard let version = notice.latestVersion else { return }
        let isKnown = offeredFirmware.map { ByteText($0) == ByteText(version) } ?? false
        let runs = reportedFirmware.map { " (the device runs \($0))" } ?? ""
        append(
            entry, .firmware, "the cloud offers firmware \(version)\(isKnown ? " again" : "")\(runs)", subject: version,
            from: offeredFirmware.map(JSONValue.string), to: .string(version), weight: isKnown ? .usual : .notable)
        offeredFirmware = version
    }

    private mutating func describe(_ update: DeviceUpdate, _ message: RecordedMessage, _ entry: TimelineEntry) {
        if let version = update.firmwareVersion {
            let isKnown = reportedFirmware.map { ByteText($0) == ByteText(version) } ?? false
            let before = isKnown ? "" : reportedFirmware.map { " (\($0) before)" } ?? ""
            append(
                entry, .firmware, "the device runs firmware \(version)\(before)", subject: version,
                from: reportedFirmware.map(JSONValue.string), to: .string(version),
                weight: isKnown || reportedFirmware == nil ? .usual : .notable)
            reportedFirmware = version
        }
        if let version = update.configVersion {
            append(
                entry, .config, "the device says that it applied configuration \(version.text)", subject: version.text,
                from: text(echoedVersion), to: text(version), weight: echoedVersion == version ? .usual : .notable)
            echoedVersion = version
        }
        let other = ((try? JSONValue.parse(message.payload))?.members ?? []).filter { member in
            !["firmware_version", "firmwareVersion", "config_version"].contains(member.key)
        }
        let changes = other.filter { member in
            described.last { $0.key.utf8.elementsEqual(member.key.utf8) }?.value != member.value
        }
        guard !changes.isEmpty else { return }
        described = described.filter { old in !changes.contains { $0.key.utf8.elementsEqual(old.key.utf8) } } + changes
        append(entry, .device, "the device says of itself: \(TimelineWords.list(changes.map(\.key)))")
    }

    private mutating func set(_ setting: CloudSetting, _ entry: TimelineEntry) {
        guard let property = setting.property else { return }
        let before = settings.updateValue(setting.value ?? .null, forKey: ByteText(property))
        append(
            entry, .setting,
            "the device sets \(TimelineWords.name(property)) of the cloud to \(TimelineWords.value(setting.value))",
            subject: property, from: before, to: setting.value, weight: .notable)
    }

    private mutating func open(_ incident: Incident, _ entry: TimelineEntry) {
        let title = incident.title ?? incident.issue ?? "without title"
        let priority = incident.priority.map { " (\($0))" } ?? ""
        append(
            entry, .incident, "the cloud opens an incident: \(title)\(priority)", subject: incident.id,
            to: incident.status.map(JSONValue.string), weight: .bad)
    }
}

extension SpaceInfo {
    /// The members of the message as they are.
    fileprivate func members(of message: RecordedMessage) -> [JSONMember] {
        (try? JSONValue.parse(message.payload))?.members ?? []
    }
}
