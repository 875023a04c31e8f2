import DeviceProtocol
import JSONScan

/// What is known of a device while parts of a tape go by, the newest first: what was said later is never replaced.
struct DeviceState {
    private(set) var lastSeen: Timestamp?
    private(set) var lastTelemetry: Timestamp?
    /// When the last message arrived that names the device and counts for nothing else.
    private(set) var lastMention: Timestamp?
    private(set) var facts: [StateFact: StateWords.Said<String>] = [:]
    private(set) var space: SpaceInfo?
    /// By the number of the metric's name; without a value where it was removed.
    private var metrics: [Int: (value: JSONValue?, arrival: Timestamp)] = [:]
    /// Whether the whole state was replaced, so that nothing older is of interest.
    private(set) var isSettled = false
    private var licenses: [LicenseKey: StateRow.License] = [:]
    /// Licences whose newest word of the cloud is known: what the device said before is of no interest.
    private var told: Set<LicenseKey> = []

    /// Whether any message is about the device.
    var isKnown: Bool { lastSeen != nil || lastMention != nil }

    /// Whether a metric is known already.
    func knows(_ metric: Int) -> Bool { isSettled || metrics[metric] != nil }

    func knows(_ fact: StateFact) -> Bool { facts[fact] != nil }

    /// Takes what an older part of the tape says.
    mutating func take(_ words: StateWords) {
        lastSeen = lastSeen ?? words.heard?.arrival
        lastTelemetry = lastTelemetry ?? words.telemetry?.arrival
        lastMention = lastMention ?? words.mentioned?.arrival
        space = space ?? words.space?.value
        for (fact, said) in words.facts where facts[fact] == nil { facts[fact] = said }
        for (key, words) in words.licenses { take(words, key) }
        guard !isSettled else { return }
        let from = words.replacedAt ?? .min
        for (metric, said) in words.metrics where said.order >= from && metrics[metric] == nil {
            guard metrics.count < StateWords.metricLimit else { break }
            metrics[metric] = (said.value, said.arrival)
        }
        isSettled = words.replacedAt != nil
    }

    private mutating func take(_ words: LicenseWords, _ key: LicenseKey) {
        guard !told.contains(key), licenses[key] != nil || licenses.count < StateWords.licenseLimit else { return }
        var license = licenses[key] ?? StateRow.License(id: key.id ?? "")
        let said = words.license
        if license.state == nil, let update = words.update, update.order >= said?.order ?? .min {
            license.state = update.value.state.map { $0.state == .other ? $0.raw : $0.state.rawValue }
        }
        if let said {
            license.action = said.value.action
            license.expiresAt = said.value.expiresAt.timestamp
            told.insert(key)
        }
        licenses[key] = license
    }

    func row(of device: DeviceID, _ names: NameList, openCommands: Int) -> StateRow {
        var row = StateRow(device: device, lastSeen: lastSeen ?? lastMention, lastTelemetry: lastTelemetry)
        row.status = facts[.status]?.value
        row.firmware = facts[.firmware]?.value
        row.latestFirmware = facts[.latestFirmware]?.value
        row.latestFileID = facts[.latestFile]?.value
        row.model = facts[.model]?.value
        row.configVersion = facts[.configVersion]?.value
        row.latestConfigVersion = facts[.latestConfigVersion]?.value
        row.name = facts[.name]?.value
        row.space = space?.name
        row.maintenance = space?.maintenance
        row.openCommands = openCommands
        row.metrics = metrics.compactMap { number, said in
            said.value.map { StateRow.Metric(name: names[number], value: $0, arrival: said.arrival) }
        }
        row.metrics.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        // What has no id cannot be told from others; the ledger of licences shows it.
        row.licenses = licenses.filter { !$0.key.bytes.isEmpty }.sorted {
            $0.key.bytes.lexicographicallyPrecedes($1.key.bytes)
        }.map(\.value)
        return row
    }
}
