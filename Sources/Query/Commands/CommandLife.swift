import DeviceProtocol

/// What is kept of a command while its messages go by.
struct CommandLife {
    /// The device that was to do the work, by the tracker's number.
    let device: Int32
    let id: CommandID?
    /// Whether it stands for updates whose command cannot be told.
    let isOrphan: Bool
    private(set) var state = CommandRow.State.pending
    private(set) var isSelected = false

    let first: CommandTracker.Sighting
    private(set) var name: String?
    private var rawStatus: String?
    private var message: String?
    private var inProgressAt: Timestamp?
    private var ended: (arrival: Timestamp, monotonic: Int64, session: Int64)?
    private var beganWithDelivery = false
    private(set) var deliveries: Int32 = 0
    private var updates: Int32 = 0
    private var match: CommandRow.Match?
    /// A bit for each anomaly.
    private var anomalies: UInt16 = 0

    init(id: CommandID?, device: Int32, _ sighting: CommandTracker.Sighting, isOrphan: Bool) {
        self.id = id
        self.device = device
        self.isOrphan = isOrphan
        first = sighting
        if id == nil { note(.missingID) }
    }

    func hasName(_ other: String?) -> Bool {
        guard let name, let other else { return name == nil && other == nil }
        return name.utf8.elementsEqual(other.utf8)
    }

    mutating func deliver(_ command: CommandTracker.Word, _ sighting: CommandTracker.Sighting) {
        see(sighting)
        if deliveries == 0 {
            beganWithDelivery = updates == 0
            if !beganWithDelivery { note(.updateBeforeCommand) }
        } else if ended != nil {
            note(.redeliveredAfterDone)
        }
        deliveries &+= 1
        name = name ?? command.name
        guard let status = command.status else { return }
        switch status.state {
        case .pending, .scheduled: keep(status, nil, if: state == .pending && updates == 0)
        case .inProgress:
            // Whoever delivers it knows that the device works on it, but not since when.
            keep(status, nil, if: !state.isFinal && updates == 0)
            if state == .pending { state = .inProgress }
        case .done, .failed, .aborted:
            note(.unexpectedStatus)
            if state.isFinal { return }
            // Told by the cloud: that it ended is known, but not when.
            beganWithDelivery = false
            end(status, nil, sighting)
        case .unknown: note(.unexpectedStatus)
        case .other: note(.unknownStatus)
        }
    }

    mutating func update(
        _ update: CommandTracker.Word, _ match: CommandRow.Match?, _ sighting: CommandTracker.Sighting
    ) {
        see(sighting)
        updates &+= 1
        name = name ?? update.name
        if update.id == nil { note(.missingID) }
        if let match { self.match = self.match.map { max($0, match) } ?? match }
        guard let status = update.status else {
            note(.missingStatus)
            message = state.isFinal ? message : update.message ?? message
            return
        }
        switch status.state {
        case .inProgress: progress(status, update.message, sighting)
        case .done, .failed: end(status, update.message, sighting)
        case .aborted:
            note(.unexpectedStatus)
            end(status, update.message, sighting)
        case .pending, .scheduled, .unknown: other(.unexpectedStatus, status, update.message)
        case .other: other(.unknownStatus, status, update.message)
        }
    }

    private mutating func progress(
        _ status: CommandStatus, _ text: String?, _ sighting: CommandTracker.Sighting
    ) {
        if state.isFinal { return note(.afterTerminalUpdate) }
        state = .inProgress
        inProgressAt = inProgressAt ?? sighting.arrival
        keep(status, text, if: true)
    }

    private mutating func end(_ status: CommandStatus, _ text: String?, _ sighting: CommandTracker.Sighting) {
        let result = status.state == .done ? CommandRow.State.done : .failed
        guard !state.isFinal else {
            note(.twoTerminals)
            if result != state { note(.contradictoryTerminals) }
            return
        }
        state = result
        ended = (sighting.arrival, sighting.monotonic, sighting.session)
        keep(status, text, if: true)
    }

    private mutating func other(_ anomaly: CommandRow.Anomaly, _ status: CommandStatus, _ text: String?) {
        note(anomaly)
        if state.isFinal { note(.afterTerminalUpdate) }
        keep(status, text, if: !state.isFinal)
    }

    private mutating func keep(_ status: CommandStatus, _ text: String?, if isNews: Bool) {
        guard isNews else { return }
        rawStatus = status.raw
        message = text ?? message
    }

    private mutating func see(_ sighting: CommandTracker.Sighting) {
        isSelected = isSelected || sighting.isSelected
    }

    private mutating func note(_ anomaly: CommandRow.Anomaly) {
        anomalies |= 1 << UInt16(anomaly.rawValue)
    }
}

extension CommandLife {
    /// The row of an answer that ends at `end`.
    func row(of device: DeviceID?, until end: Timestamp) -> CommandRow {
        var found = CommandRow.Anomaly.allCases.filter { anomalies >> UInt16($0.rawValue) & 1 == 1 }
        if deliveries == 0 { found.insert(.updateWithoutCommand, at: 0) }
        return CommandRow(
            device: device, id: id?.text, name: name, state: state, rawStatus: rawStatus, firstSeen: first.arrival,
            inProgressAt: inProgressAt, endedAt: ended?.arrival, duration: duration,
            openFor: ended == nil ? max(0, end.nanoseconds &- first.arrival.nanoseconds) : nil,
            deliveries: Int(deliveries), updates: Int(updates), match: deliveries > 0 ? match : nil, anomalies: found,
            message: message)
    }

    /// From the first delivery to the end, ns; ``CommandRow/duration``.
    var duration: Int64? {
        guard let ended, beganWithDelivery else { return nil }
        if ended.session == first.session { return ended.monotonic &- first.monotonic }
        return ended.arrival.nanoseconds &- first.arrival.nanoseconds
    }
}

extension CommandRow.Match: Comparable {
    /// Orders by certainty, the most certain first.
    public static func < (left: Self, right: Self) -> Bool { left.doubt < right.doubt }

    private var doubt: Int {
        switch self {
        case .id: 0
        case .correlation: 1
        case .inferred: 2
        }
    }
}
