import MQTTSession
import Tape

extension Publisher {
    private static let roundLength = 256
    private static let flushInterval = 64
    /// How long before its time a message may be handed to its connection, ns.
    private static let stagingLead: Int64 = 5_000_000
    /// Messages that wait for connections of devices while others go on.
    private static let parkedLimit = 4_096

    /// Publishes what is due, as far as windows and sockets allow; one round at most, so that answers are read too.
    func publishDue() {
        guard launch() else { return }
        releaseAnswers()
        for position in 1...Self.roundLength {
            guard let cue = nextCue(), let due = due(cue), due.instant <= clock.monotonic else { break }
            guard let lane = lanes.lane(for: cue.connection) else {
                refuse(cue)
                continue
            }
            guard place(cue, in: lane, deadline: due.isMeasured ? due.instant : nil) else { break }
            // With a deadline each message is written for itself, so that its lateness is its own.
            if due.isMeasured {
                lane.flush()
            } else if position.isMultiple(of: Self.flushInterval) {
                lane.flushTogether()
            } else if host.written.last !== lane {
                host.written.append(lane)
            }
            if due.isCapped { host.report.capped += 1 }
            pass(cue)
        }
        for lane in host.written { lane.flushTogether() }
        host.written.removeAll(keepingCapacity: true)
    }

    /// Gives a message to its connection; false when it must wait here.
    private func place(_ cue: Cue, in lane: Lane, deadline: Int64?) -> Bool {
        let shipment = Shipment(message: cue.message, deadline: deadline)
        if lane.canTake(cue.message) {
            lane.send(shipment)
            return true
        }
        if lane.isGone { return lanes.mode != .single }
        guard case .perDevice = lanes.mode, host.parked < Self.parkedLimit, host.bytes < host.limits.bytes else {
            return false
        }
        lane.open()
        lane.park(shipment)
        return true
    }

    private func refuse(_ cue: Cue) {
        host.report.unsendable += 1
        if host.report.unsendableExamples.count < 5, case .perDevice(let limit) = lanes.mode {
            host.report.unsendableExamples.append(
                "seq \(cue.message.sequence): there are \(limit) connections already (--max-connections)")
        }
        pass(cue)
    }

    /// When a message is to leave.
    private struct Due {
        var instant: Int64
        /// Whether its lateness counts.
        var isMeasured = false
        /// Whether the cap holds it back.
        var isCapped = false
    }

    /// When a message is to leave; nil while it must wait for a person.
    private func due(_ cue: Cue) -> Due? {
        if isPaused || seekTarget != nil {
            return isPaused && steps > 0 && seekTarget == nil ? Due(instant: .min) : nil
        }
        if cue.leadIn > 0 { takeLeadIn(of: cue) }
        let earliest = cap?.earliest ?? .min
        // What held before is sent as fast as it goes, at the beginning or, in a later round, when that begins.
        if cue.message.isState {
            let start = isPrelude || pace == .maximum ? notBefore : schedule.deadline(at: line(cue))
            return Due(instant: max(start, earliest))
        }
        guard pace != .maximum else { return Due(instant: max(notBefore, earliest)) }
        let deadline = schedule.deadline(at: line(cue))
        return Due(instant: max(deadline, earliest), isMeasured: true, isCapped: earliest > deadline)
    }

    /// Where a message stands on the line of the schedule.
    func line(_ cue: Cue) -> Int64 {
        guard case .perSecond = pace else { return cue.message.offset }
        let (place, overflow) = count.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : place
    }

    /// Waits between two rounds of a loop where recorded time does not do it.
    private func takeLeadIn(of cue: Cue) {
        upcoming[upcoming.startIndex].leadIn = 0
        switch pace {
        case .rate: break
        case .perSecond: schedule.postpone(by: cue.leadIn)
        case .maximum: notBefore = clock.monotonic &+ cue.leadIn
        }
    }

    /// The message that is to be published next; nil when there is none now.
    func nextCue() -> Cue? {
        if stopDeadline != nil { return nil }
        while true {
            if let cue = upcoming.first { return cue }
            guard load() else { return nil }
        }
    }

    /// Takes what was read ahead; false when nothing is there.
    private func load() -> Bool {
        guard !sourceHasEnded, gate?.hasRoom ?? true else { return false }
        switch queue.take() {
        case .messages(let cues): upcoming = gate == nil ? cues[...] : withoutAnswers(cues)
        case .empty: return false
        case .finished: sourceHasEnded = true
        case .failed(let error):
            sourceHasEnded = true
            endOfSource = .tapeFailed("\(error)")
        }
        return !sourceHasEnded
    }

    /// Takes a message away that was published, or that cannot be.
    private func pass(_ cue: Cue) {
        upcoming = upcoming.dropFirst()
        if !cue.message.isState { count += 1 }
        if cap != nil { cap?.note(at: clock.monotonic) }
        guard isPaused, steps > 0 else { return }
        steps -= 1
        if case .rate = pace { schedule.jump(to: cue.message.offset, at: clock.monotonic) }
    }

    /// Waits until something can be done again.
    func wait() {
        let now = clock.monotonic
        var end = min(lanes.nextTimer(after: now), now &+ 1_000_000_000)
        if let staged {
            end = min(end, staged.deadline)
        } else if let cue = nextCue(), let due = due(cue), mayTake(cue) {
            end = min(end, due.instant)
            if due.isMeasured { stage(cue, at: due.instant, now) }
        }
        if let release = gate?.nextRelease, !isPaused { end = min(end, release) }
        if let first = announced.first, !isPaused { end = min(end, opening(of: first)) }
        if let stopDeadline { end = min(end, stopDeadline) }
        // Between this clock reading and the waiting lies the work of handing the next message over. While that one
        // waits for its time, acknowledgements may wait too: each would cost a wake-up of its own.
        let isStaged = staged != nil
        host.waiter.wait(timeout: max(0, end &- (isStaged ? clock.monotonic : now)), reading: !isStaged)
        _ = launch()
    }

    /// Hands the next message to its connection a little ahead of its time, so that between the end of the wait and the
    /// socket there is nothing but writing.
    private func stage(_ cue: Cue, at deadline: Int64, _ now: Int64) {
        guard gate == nil, cap == nil, deadline > now, deadline &- now <= Self.stagingLead, !isPaused,
            let lane = lanes.lane(for: cue.connection), lane.canTake(cue.message)
        else { return }
        lane.send(Shipment(message: cue.message, deadline: deadline))
        lane.isHeldBack = true
        staged = (lane, deadline)
        pass(cue)
    }

    /// Writes the message that was handed over when its time has come; false while it has not.
    private func launch() -> Bool {
        guard let (lane, deadline) = staged else { return true }
        guard deadline <= clock.monotonic else { return false }
        staged = nil
        lane.isHeldBack = false
        lane.flush()
        // Those of the messages before it, which nobody waited for.
        if lane.unacknowledged > 1 { lane.noteReadable() }
        return true
    }

    /// Whether a message would find a place now; if not, something else will end the wait.
    private func mayTake(_ cue: Cue) -> Bool {
        guard let lane = lanes.lane(for: cue.connection) else { return true }
        if lane.isGone || lane.canTake(cue.message) { return true }
        guard case .perDevice = lanes.mode else { return false }
        return host.parked < Self.parkedLimit && host.bytes < host.limits.bytes
    }

    func progress(_ now: Int64) -> ReplayProgress {
        let place: Int64
        if case .rate = pace { place = max(0, schedule.place(at: now)) } else { place = host.lastOffset }
        return ReplayProgress(
            sent: host.report.sent, planned: settings.planned, position: seekTarget ?? place, pace: pace,
            isPaused: isPaused, elapsed: max(0, now &- host.start), lateness: host.recentLateness,
            unacknowledged: lanes.unacknowledged, waitingAnswers: gate?.waiting ?? 0)
    }
}
