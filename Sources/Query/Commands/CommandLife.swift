import DeviceProtocol

/// What is kept of a command while its messages go by.
struct CommandLife {
    /// The device that was to do the work, by the tracker's number.
    let device: Int32
    let id: CommandID?
    private(set) var state = CommandRow.State.pending
    private(set) var isSelected = false
    /// Whether a device other than its own received it.
    var hasSpeaker = false

    let first: CommandTracker.Sighting
    private(set) var name: String?
    private var rawStatus: String?
    private var message: String?
    private var inProgressAt: Timestamp?
    private var ended: (arrival: Timestamp, monotonic: Int64, session: Int64)?
    private var beganWithDelivery = false
    private(set) var deliveries: Int32 = 0
    private var updates: Int32 = 0
    /// Whether the device itself has named a status: that counts more than what the cloud repeats.
    private var hasOwnStatus = false
    private var match: CommandRow.Match?
    /// What is odd about it, but for updates without a command, which the end must show.
    private(set) var anomalies: Anomalies = []

    /// A bit for each ``CommandRow/Anomaly``.
    struct Anomalies: OptionSet {
        let rawValue: UInt16

        /// In the order in which rows list them.
        var list: [CommandRow.Anomaly] {
            CommandRow.Anomaly.allCases.filter { rawValue >> UInt16($0.rawValue) & 1 == 1 }
        }
    }

    init(id: CommandID?, device: Int32, _ sighting: CommandTracker.Sighting) {
        self.id = id
        self.device = device
        first = sighting
        if id == nil { note(.missingID) }
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
        case .pending, .scheduled: keep(status, nil, if: state == .pending && !hasOwnStatus)
        case .inProgress:
            // Whoever delivers it knows that the device works on it, but not since when.
            keep(status, nil, if: !state.isFinal && !hasOwnStatus)
            if state == .pending { state = .inProgress }
        case .done, .failed, .aborted:
            note(.unexpectedStatus)
            if state.isFinal { return }
            // Told by the cloud: that it ended is known, but not when.
            beganWithDelivery = false
            end(status, nil, sighting)
        case .unknown:
            note(.unexpectedStatus)
            keep(status, nil, if: state == .pending && !hasOwnStatus)
        case .other:
            note(.unknownStatus)
            keep(status, nil, if: !state.isFinal && !hasOwnStatus)
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
        hasOwnStatus = true
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
        anomalies.insert(Anomalies(rawValue: 1 << UInt16(anomaly.rawValue)))
    }
}

extension CommandLife {
    /// The row of an answer that ends at `end`.
    func row(of device: DeviceID?, until end: Timestamp) -> CommandRow {
        CommandRow(
            device: device, id: id?.text, name: name, state: state, rawStatus: rawStatus, firstSeen: first.arrival,
            inProgressAt: inProgressAt, endedAt: ended?.arrival, duration: duration,
            openFor: openFor(until: end), deliveries: Int(deliveries), updates: Int(updates),
            match: deliveries > 0 ? match : nil, anomalies: oddities, message: message)
    }

    /// Whether ``oddities`` has something.
    var isAnomalous: Bool { deliveries == 0 || !anomalies.isEmpty }

    /// What is odd about it; ``CommandRow/anomalies``.
    var oddities: [CommandRow.Anomaly] {
        deliveries == 0 ? [.updateWithoutCommand] + anomalies.list : anomalies.list
    }

    /// From the first message until an answer ends, ns; ``CommandRow/openFor``.
    func openFor(until end: Timestamp) -> Int64? {
        ended == nil ? max(0, end.nanoseconds &- first.arrival.nanoseconds) : nil
    }

    /// How long after the first message another one arrived, ns: on the monotonic clock within a session.
    func time(to sighting: CommandTracker.Sighting) -> Int64 {
        sighting.session == first.session
            ? sighting.monotonic &- first.monotonic
            : sighting.arrival.nanoseconds &- first.arrival.nanoseconds
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
