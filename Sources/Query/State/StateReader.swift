import DeviceProtocol
import JSONScan
import Tape

/// Puts the state of devices together from the newest part of a tape backwards: by columns where they tell, and of a
/// part only what newer ones leave open.
struct StateReader {
    /// What is known of each device that was heard of.
    private(set) var devices: [DeviceID: DeviceState] = [:]
    private(set) var names = NameList()
    /// Parts that could not be read.
    private(set) var damages: [TapeError] = []
    /// Redeliveries that were looked at and left out.
    private(set) var duplicates = 0

    private let selection: Selection
    private let asked: DeviceSelection
    private let page: DevicePage
    private let until: Int64
    /// The words that are of interest; nil for the whole state.
    private let facts: Set<StateFact>?

    /// - Parameters:
    ///   - selection: which messages; its devices are those of the answer.
    ///   - page: which of the devices.
    ///   - facts: the words about a device that are of interest, of which telemetry must tell; nil for its whole state.
    init(_ selection: Selection, _ page: DevicePage, facts: Set<StateFact>? = nil) {
        self.selection = selection
        self.page = page
        self.facts = facts
        asked = DeviceSelection(selection.devices)
        until = selection.until?.nanoseconds ?? .max
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    mutating func read(_ tape: TapeReader) throws(TapeError) {
        var wanted = selection
        // Payloads may name other devices than their topics; the rows decide.
        wanted.devices = []
        let scan = try tape.fields(wanted, newestFirst: true)
        while let part = try scan.next() {
            var words = Words()
            switch part {
            case .messages(let messages):
                for message in messages { take(message, message.sequence, &words) }
            case .segment(let segment):
                do throws(FieldDamage) {
                    try take(segment, &words)
                } catch {
                    scan.note(error, in: segment)
                    words = Words()
                }
            }
            for (device, words) in words { devices[device, default: DeviceState()].take(words) }
        }
        damages = scan.damages
    }

    private typealias Words = [DeviceID: StateWords]

    private func isWanted(_ device: DeviceID) -> Bool { page.contains(device) && asked.contains(device) }

    // MARK: Messages

    private mutating func take(_ message: RecordedMessage, _ order: Int64, _ words: inout Words) {
        guard message.duplicateOf == nil else {
            duplicates += 1
            return
        }
        let topic = DeviceTopic.parse(message.topic)
        guard asked.mayConcern(message, topic) else { return }
        let arrival = message.arrival
        let isTelemetry = topic.kind == .telemetry
        if let device = topic.device, isWanted(device) {
            words[device, default: StateWords()].hear(order, arrival, isTelemetry: false)
        }
        guard StateReader.kinds.contains(topic.kind) else { return }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        func tell(_ device: DeviceID?, _ body: (inout StateWords) -> Void) {
            guard let device, isWanted(device) else { return }
            if isTelemetry || topic.kind == .deviceUpdate {
                words[device, default: StateWords()].hear(order, arrival, isTelemetry: isTelemetry)
            }
            words[device, default: StateWords()].mention(order, arrival)
            body(&words[device, default: StateWords()])
        }
        switch decoded.message {
        case .telemetry(let telemetry):
            tell(decoded.device) { $0.take(telemetry, &names, order, arrival) }
        case .telemetryBatch(let batch):
            for (device, telemetry) in batch {
                tell(telemetry.deviceID ?? device) { $0.take(telemetry, &names, order, arrival) }
            }
        case .config(let config):
            tell(decoded.device) { $0.say(.latestConfigVersion, config.version?.text, order, arrival) }
        case .configUpdate(let update):
            tell(decoded.device) { $0.say(.configVersion, update.config.version?.text, order, arrival) }
        case .deviceUpdate(let update):
            tell(decoded.device) {
                $0.say(.configVersion, update.configVersion?.text, order, arrival)
                $0.say(.firmware, update.firmwareVersion, order, arrival)
                $0.say(.model, update.subModel, order, arrival)
                $0.say(.name, update.name, order, arrival)
            }
        case .firmwareNotice(let notice):
            tell(decoded.device) {
                $0.say(.latestFirmware, notice.latestVersion, order, arrival)
                $0.say(.latestFile, notice.latestFileID, order, arrival)
            }
        case .spaceInfo(let info): tell(decoded.device) { $0.stay(info, order, arrival) }
        case .licenses(let licenses):
            for license in licenses { tell(license.deviceID ?? topic.device) { $0.take(license, order) } }
        case .licenseUpdate(let update): tell(decoded.device) { $0.take(update, order) }
        default: break
        }
    }

    /// The kinds of message whose content makes up the state; of others only the time counts.
    private static let kinds: Set<MessageKind> = [
        .telemetry, .config, .configUpdate, .license, .licenseUpdate, .spaceInfo, .firmwareNotice, .deviceUpdate,
    ]

    // MARK: Segments

    private mutating func take(_ segment: FieldSegment, _ words: inout Words) throws(FieldDamage) {
        var topics = [DeviceID?](repeating: nil, count: segment.topicCount)
        for group in segment.groups {
            var devices = [DeviceID?](repeating: nil, count: group.runs.count)
            for (index, run) in group.runs.enumerated() where run.isWanted {
                let device = topics[run.topicNumber] ?? DeviceTopic.parse(run.topic).device
                topics[run.topicNumber] = device
                devices[index] = device
            }
            if group.shape.kind == .telemetry, let columns = StateColumns(group.shape, &names) {
                if let facts, facts.isDisjoint(with: columns.words.keys) { continue }
                try take(group, devices, columns, segment, &words)
            } else if !StateReader.kinds.contains(group.shape.kind) {
                try hear(group, devices, segment, &words)
            } else {
                try takeMessages(of: try needed(group, devices, segment), segment, &words)
            }
        }
    }

    /// Whole messages, those of the wanted runs.
    private mutating func takeMessages(
        of group: FieldSegment.Group, _ segment: FieldSegment, _ words: inout Words
    ) throws(FieldDamage) {
        guard group.runs.contains(where: \.isWanted) else { return }
        let moments = try segment.moments(of: group)
        var rest = try segment.messages(of: group)[...]
        for run in group.runs where run.isWanted {
            for row in run.rows {
                guard let message = rest.popFirst(), isSelected(row, moments) else { continue }
                take(message, moments.order(row), &words)
            }
        }
    }

    /// Of a group whose content does not matter, when the devices were heard that nothing newer was heard of.
    private func hear(
        _ group: FieldSegment.Group, _ devices: [DeviceID?], _ segment: FieldSegment, _ words: inout Words
    ) throws(FieldDamage) {
        let open = group.runs.indices.filter { index in
            devices[index].map { isWanted($0) && self.devices[$0]?.lastSeen == nil } ?? false
        }
        guard !open.isEmpty else { return }
        let moments = try segment.moments(of: group)
        let repeats = try segment.duplicates(of: group)
        for index in open {
            guard let device = devices[index], let row = last(of: group.runs[index], moments, repeats) else { continue }
            words[device, default: StateWords()].hear(
                moments.order(row), Timestamp(nanoseconds: moments.arrivals[row]), isTelemetry: false)
        }
    }

    /// The group with only those runs wanted whose messages may say something that is not known yet.
    private func needed(
        _ group: FieldSegment.Group, _ devices: [DeviceID?], _ segment: FieldSegment
    ) throws(FieldDamage) -> FieldSegment.Group {
        var group = group
        let naming = try NamedDevices(group, segment)
        for (index, run) in group.runs.enumerated() where run.isWanted {
            guard let device = devices[index], naming.names(only: device, in: run) else { continue }
            group.runs[index].isWanted = isWanted(device) && needs(group.shape.kind, self.devices[device])
        }
        return group
    }

    private func needs(_ kind: MessageKind, _ state: DeviceState?) -> Bool {
        guard let state, state.lastSeen != nil else { return true }
        switch kind {
        case .config: return !state.knows(.latestConfigVersion)
        case .configUpdate: return !state.knows(.configVersion)
        case .spaceInfo: return state.space == nil
        case .firmwareNotice: return !state.knows(.latestFirmware) || !state.knows(.latestFile)
        case .deviceUpdate:
            return ![StateFact.configVersion, .firmware, .model, .name].allSatisfy { state.knows($0) }
        case .telemetry: return state.lastTelemetry == nil || !state.isSettled || !knowsWords(state)
        // Of licences there may always be another one.
        default: return true
        }
    }

    private func knowsWords(_ state: DeviceState) -> Bool {
        state.knows(.status) && state.knows(.firmware) && state.knows(.model)
    }

    // MARK: Columns

    private mutating func take(
        _ group: FieldSegment.Group, _ devices: [DeviceID?], _ columns: StateColumns, _ segment: FieldSegment,
        _ words: inout Words
    ) throws(FieldDamage) {
        var wanted = group
        let naming = try NamedDevices(group, segment)
        for (index, run) in group.runs.enumerated() where run.isWanted {
            guard let device = devices[index], naming.names(only: device, in: run) else { continue }
            wanted.runs[index].isWanted = isWanted(device) && needs(columns, self.devices[device])
        }
        guard wanted.runs.contains(where: \.isWanted) else { return }
        let values = try StateValues(wanted, segment, columns)
        var complex: [Int: DeviceID] = [:]
        for (index, run) in wanted.runs.enumerated() where run.isWanted {
            guard let own = devices[index] else { continue }
            let rows = selected(run, values.moments, values.repeats)
            for (device, rows) in naming.devices(of: rows, own, in: run) {
                let state = self.devices[device] ?? DeviceState()
                guard isWanted(device), needs(columns, self.devices[device]) else { continue }
                values.tell(&words[device, default: StateWords()], rows, state)
                if let last = rows.last, columns.complex.contains(where: { !state.knows($0) }) {
                    complex[last] = device
                }
            }
        }
        try takeComplex(complex, wanted, values.moments, segment, &words)
    }

    /// The metrics of some rows that no column has.
    private mutating func takeComplex(
        _ rows: [Int: DeviceID], _ group: FieldSegment.Group, _ moments: FieldMoments, _ segment: FieldSegment,
        _ words: inout Words
    ) throws(FieldDamage) {
        guard !rows.isEmpty else { return }
        let messages = try segment.messages(of: group, only: (0..<group.count).map { rows[$0] != nil })
        for (row, message) in zip(rows.keys.sorted(), messages) {
            let topic = DeviceTopic.parse(message.topic)
            let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
            guard case .telemetry(let telemetry) = decoded.message, let device = rows[row] else { continue }
            for metric in telemetry.metrics {
                words[device, default: StateWords()].set(
                    names.number(of: metric.key), metric.value, moments.order(row), message.arrival)
            }
        }
    }

    private func needs(_ columns: StateColumns, _ state: DeviceState?) -> Bool {
        if let facts {
            return columns.words.keys.contains { facts.contains($0) && !(state?.knows($0) ?? false) }
        }
        guard let state, state.lastTelemetry != nil else { return true }
        if columns.words.keys.contains(where: { !state.knows($0) }) { return true }
        return !state.isSettled && (columns.replaces != nil || columns.metrics.contains { !state.knows($0.name) })
    }

    private func isSelected(_ row: Int, _ moments: FieldMoments) -> Bool {
        moments.arrivals[row] < until
            && (selection.sessions.isEmpty || selection.sessions.contains(moments.session(row)))
    }

    /// The rows of a run that count, in order of arrival.
    private func selected(_ run: FieldSegment.Run, _ moments: FieldMoments, _ repeats: [Bool]?) -> ArraySlice<Int> {
        if repeats == nil, selection.sessions.isEmpty, until == .max { return Array(run.rows)[...] }
        return run.rows.filter { isSelected($0, moments) && !(repeats?[$0] ?? false) }[...]
    }

    private func last(of run: FieldSegment.Run, _ moments: FieldMoments, _ repeats: [Bool]?) -> Int? {
        run.rows.last { isSelected($0, moments) && !(repeats?[$0] ?? false) }
    }
}
