import DeviceProtocol
import Tape

/// The licences of one device while its messages go by.
struct LicenseLedger {
    private var entries: [LicenseEntry] = []
    /// The newest entry of each licence.
    private var newest: [LicenseKey: Int] = [:]

    /// The cloud sent a licence.
    ///
    /// A repeat of what it said last about the licence is a delivery of the same entry; anything else, a renewal for
    /// instance, begins a new one.
    mutating func send(_ license: License, _ sight: LifeScan.Sight, isAmbiguous: Bool) {
        let key = LicenseKey(license.id)
        let digest = LicenseEntry.digest(license)
        let number: Int
        if let known = newest[key], entries[known].digest == digest {
            number = known
            if entries[known].acknowledgedAt != nil {
                entries[known].anomalies.insert(.redeliveredAfterAcknowledgement)
            }
        } else {
            number = entries.count
            newest[key] = number
            entries.append(LicenseEntry(key: key, license: license, digest: digest, sentAt: sight.moment))
            if license.id == nil { entries[number].anomalies.insert(.missingID) }
            if license.action == nil { entries[number].anomalies.insert(.missingAction) }
            if isAmbiguous { entries[number].anomalies.insert(.ambiguousAction) }
        }
        entries[number].deliveries += 1
        if sight.isSelected { entries[number].isSelected = true }
    }

    /// The device said what became of a licence.
    mutating func update(_ update: LicenseUpdate, correlation: [UInt8]?, _ sight: LifeScan.Sight) {
        let (number, match) = find(update, correlation) ?? (addOrphan(update.id), .id)
        entries[number].take(update, match, sight)
    }

    private func find(_ update: LicenseUpdate, _ correlation: [UInt8]?) -> (Int, LicenseRow.Match)? {
        if let id = update.id, !id.isEmpty { return newest[LicenseKey(id)].map { ($0, .id) } }
        // The vendor's agent puts the licence's id there.
        if let correlation, let id = String(validating: correlation, as: UTF8.self), !id.isEmpty,
            let number = newest[LicenseKey(id)]
        {
            return (number, .correlation)
        }
        let open = newest.values.filter { entries[$0].acknowledgedAt == nil && entries[$0].sentAt != nil }
        if open.count == 1, let only = open.first { return (only, .inferred) }
        return nil
    }

    private mutating func addOrphan(_ id: String?) -> Int {
        let key = LicenseKey(id)
        newest[key] = entries.count
        entries.append(LicenseEntry(key: key, license: nil, digest: nil, sentAt: nil))
        entries[entries.count - 1].anomalies.insert(.updateBeforeLicense)
        if key.bytes.isEmpty { entries[entries.count - 1].anomalies.insert(.missingID) }
        return entries.count - 1
    }

    /// The entries of which a message was selected, in order of first sight.
    func rows(of device: DeviceID?, until end: Timestamp) -> [LicenseRow] {
        entries.indices.filter { entries[$0].isSelected }.map { number in
            entries[number].row(of: device, until: end, isNewest: newest[entries[number].key] == number)
        }
    }
}

/// What is kept of one entry.
private struct LicenseEntry {
    let key: LicenseKey
    let action: LicenseAction?
    let expiresAt: Timestamp?
    let digest: Int?
    let sentAt: Moment?
    var isSelected = false
    var acknowledgedAt: Timestamp?
    var lag: Int64?
    var state: LicenseState?
    var deliveries = 0
    var updates = 0
    var match: LicenseRow.Match?
    var error: String?
    var anomalies: Set<LicenseRow.Anomaly> = []

    init(key: LicenseKey, license: License?, digest: Int?, sentAt: Moment?) {
        self.key = key
        action = license?.action
        expiresAt = license?.expiresAt.timestamp
        self.digest = digest
        self.sentAt = sentAt
    }

    /// Tells whether two deliveries ask for the same without keeping what is secret.
    static func digest(_ license: License) -> Int {
        var hasher = Hasher()
        hasher.combine(license.action)
        hasher.combine(license.expiresAt.timestamp)
        for text in [license.data, license.signature] {
            hasher.combine(text.map { DeviceID($0) })
        }
        return hasher.finalize()
    }

    mutating func take(_ update: LicenseUpdate, _ match: LicenseRow.Match, _ sight: LifeScan.Sight) {
        updates += 1
        if sight.isSelected { isSelected = true }
        if sentAt != nil, self.match == nil { self.match = match }
        error = update.error ?? error
        guard let said = update.state else { return }
        if said.state == .other { anomalies.insert(.unknownState) }
        if said.state == .done { anomalies.insert(.contradictoryState) }
        if said.state == .error, state?.state == .inUse { anomalies.insert(.errorAfterUse) }
        if said.state == .inUse, action == .remove { anomalies.insert(.stateContradictsAction) }
        if said.state == .removed, action == .add || action == .update { anomalies.insert(.stateContradictsAction) }
        state = said
        guard said.state != .pending, said.state != .other, acknowledgedAt == nil else { return }
        acknowledgedAt = sight.moment.arrival
        lag = sentAt.map { sight.moment.since($0) }
    }

    func row(of device: DeviceID?, until end: Timestamp, isNewest: Bool) -> LicenseRow {
        var row = LicenseRow(
            device: device, id: key.id, action: action, state: state?.state, rawState: state?.raw,
            isAcknowledged: acknowledgedAt != nil, sentAt: sentAt?.arrival, acknowledgedAt: acknowledgedAt, lag: lag,
            expiresAt: expiresAt, isExpired: expiresAt.map { $0 <= end }, deliveries: deliveries, updates: updates,
            match: match, error: error, anomalies: LicenseRow.Anomaly.allCases.filter(anomalies.contains))
        if isNewest, acknowledgedAt == nil, let sentAt {
            row.unacknowledgedFor = max(0, end.nanoseconds &- sentAt.arrival.nanoseconds)
        }
        return row
    }
}
