import CLinux
import DeviceProtocol
import Tape

/// Watching for incidents while recording, and having them cut out of the tape.
extension Recorder {
    /// What a recorder with triggers has beside one without.
    struct Triggers {
        var watch: TriggerWatch
        var planner: IncidentPlanner
        let cutter: IncidentCutter
        /// Incidents whose window has ended and that wait for the one before to be cut.
        var due: [IncidentPlan] = []
        /// The marks that are known, by their keys; nil before they were looked at.
        var marks: Set<String>?

        init(_ options: TriggerOptions) {
            watch = TriggerWatch(options.conditions)
            planner = IncidentPlanner(options.timing)
            cutter = IncidentCutter(options.cut)
        }

        /// What must stay on the tape.
        var keepsFrom: Timestamp? {
            ([cutter.current].compactMap(\.self) + due + planner.open).map(\.from).min()
        }
    }

    /// A window's last messages may be under way or not committed for so long, ns.
    static let settlingTime: Int64 = 1_000_000_000
    private static let farewell: Int64 = 10_000_000_000
    private static let cutPatience: Int64 = 100_000_000

    /// Learns which marks are older than the recording.
    func knowMarks() throws(RecorderError) {
        try lookForMarks(TriggerMoment(monotonic: startedAt, wall: clock.wall(startedAt)))
    }

    /// Looks at a message that was just taken onto the tape.
    func watchTriggers(_ message: RecordedMessage, sequence: Int64, at arrival: Int64) {
        guard triggers != nil else { return }
        let moment = TriggerMoment(monotonic: arrival, wall: clock.wall(arrival))
        guard let reasons = triggers?.watch.see(message, sequence: sequence, at: moment) else { return }
        fire(reasons, moment)
    }

    /// Once a second: what time makes hold, marks, incidents whose window has ended, those that were cut.
    func followTriggers(_ now: Int64) throws(RecorderError) {
        guard triggers != nil else { return }
        let moment = TriggerMoment(monotonic: now, wall: clock.wall(now))
        fire(triggers?.watch.tick(moment, isConnected: statistics.isConnected) ?? [], moment)
        try lookForMarks(moment)
        let due = triggers?.planner.takeDue(now &- Self.settlingTime) ?? []
        triggers?.due += due
        cutNext()
    }

    /// The recording has ended: cuts what is left, with as much behind the trigger as there is.
    func finishTriggers() throws(RecorderError) {
        guard triggers != nil else { return }
        let now = time.monotonic
        try lookForMarks(TriggerMoment(monotonic: now, wall: clock.wall(now)))
        let due = triggers?.planner.takeDue(nil) ?? []
        triggers?.due += due
        var nextReport = now
        while true {
            cutNext()
            guard triggers?.cutter.current != nil else { return }
            _ = tapedeck_poll(-1, false, false, -1, Self.cutPatience)
            guard time.monotonic >= nextReport else { continue }
            nextReport = time.monotonic + Self.upkeepInterval
            report(.finishing(sealed: statistics.measures.sealed))
        }
    }

    /// Gives a tape that is being cut a little time, so that nothing unfinished is left behind.
    func waitForCutter() {
        let deadline = time.monotonic + Self.farewell
        while let cutter = triggers?.cutter, cutter.current != nil, time.monotonic < deadline {
            if cutter.takeResult() == nil { _ = tapedeck_poll(-1, false, false, -1, Self.cutPatience) }
        }
    }

    private func fire(_ reasons: [TriggerReason], _ moment: TriggerMoment) {
        for reason in reasons {
            statistics.triggered += 1
            switch triggers?.planner.add(reason, at: moment) {
            case .begun: report(.triggered(reason, mergesInto: nil))
            case .merged:
                if let plan = triggers?.planner.open.last, plan.firings <= IncidentPlan.manyReasons {
                    report(.triggered(reason, mergesInto: plan.from))
                }
            case .limited(let isFirst):
                statistics.incidentsLeftOut += 1
                if isFirst { report(.incidentsLimited(reason)) }
            case nil: break
            }
        }
        if !reasons.isEmpty { sealer?.keep(from: triggers?.keepsFrom) }
    }

    private func cutNext() {
        if let result = triggers?.cutter.takeResult() {
            if let cut = result.cut {
                statistics.incidents += 1
                report(.incident(result.plan, cut))
            } else {
                statistics.incidentsFailed += 1
                report(.incidentFailed(result.plan, reason: result.failure ?? "unknown"))
            }
        }
        if let triggers, triggers.cutter.current == nil, let next = triggers.due.first {
            self.triggers?.due.removeFirst()
            triggers.cutter.start(next)
        }
        sealer?.keep(from: triggers?.keepsFrom)
    }

    private func lookForMarks(_ moment: TriggerMoment) throws(RecorderError) {
        guard triggers?.watch.hasMarks == true else { return }
        let known = triggers?.marks
        guard let marks = try onTape({ () throws(TapeError) in try writer.marks(ifNotCounting: known?.count) }) else {
            return
        }
        triggers?.marks = Set(marks.map(\.key))
        guard let known else { return }
        for mark in marks where !known.contains(mark.key) {
            fire(triggers?.watch.mark(mark.text, at: moment) ?? [], moment)
        }
    }
}
