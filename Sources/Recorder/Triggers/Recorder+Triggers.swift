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
        /// Incidents whose window has ended.
        var queue = IncidentQueue()
        /// What the tape has of the incidents that are not cut yet.
        var stored = ""
        /// Whether an incident began that the tape does not know.
        var hasNew = false
        let longest: Int64
        /// The marks that are known, by their keys; nil before they were looked at.
        var marks: Set<String>?

        init(_ options: TriggerOptions) {
            watch = TriggerWatch(options.conditions)
            planner = IncidentPlanner(options.timing)
            cutter = IncidentCutter(options.cut)
            longest = options.timing.longest
        }

        /// Incidents that are not cut yet.
        private var plans: [IncidentPlan] { queue.plans + planner.open }
        /// How many these are.
        var openCount: Int { plans.count }
        /// What must stay on the tape.
        var keepsFrom: Timestamp? { plans.map(\.from).min() }
        /// The same incidents for a later recording, should this one not come to it.
        var text: String { plans.isEmpty ? "" : IncidentPlan.text(plans) }

        /// Takes up what an earlier recording did not come to.
        mutating func resume(_ text: String, now: TriggerMoment) {
            stored = text
            for plan in IncidentPlan.read(text, now: now, longest: longest) {
                if plan.until.nanoseconds > now.wall { planner.resume(plan) } else { queue.add([plan]) }
            }
        }
    }

    /// A window's last messages may be under way or not committed for so long, ns.
    static let settlingTime: Int64 = 1_000_000_000
    /// Marks are looked for once a second, unless the tape or the broker is waited for.
    private static let longestLook: Int64 = 60_000_000_000
    private static let farewell: Int64 = 10_000_000_000
    private static let cutPatience: Int64 = 100_000_000

    /// Learns which marks are older than the recording, and which incidents an earlier one has not cut.
    ///
    /// Before anything is deleted.
    func resumeTriggers() throws(RecorderError) {
        guard triggers != nil else { return }
        let moment = TriggerMoment(monotonic: startedAt, wall: clock.wall(startedAt))
        if let text = try onTape({ () throws(TapeError) in try writer.openIncidents() }) {
            triggers?.resume(text, now: moment)
        }
        try lookForMarks(moment)
    }

    /// Lets the tape know which incidents are not cut yet, at once when one began, else once a second.
    func storeIncidents(atOnce: Bool) throws(RecorderError) {
        guard let triggers, atOnce || triggers.hasNew else { return }
        self.triggers?.hasNew = false
        let text = triggers.text
        guard text != triggers.stored else { return }
        try onTape { () throws(TapeError) in try writer.setOpenIncidents(text.isEmpty ? nil : text) }
        self.triggers?.stored = text
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
        triggers?.queue.add(due)
        cutNext(isEnding: false)
        try storeIncidents(atOnce: true)
    }

    /// The recording has ended: cuts what is left, with as much behind the trigger as there is.
    func finishTriggers() throws(RecorderError) {
        guard triggers != nil else { return }
        let now = time.monotonic
        try lookForMarks(TriggerMoment(monotonic: now, wall: clock.wall(now)))
        let due = triggers?.planner.takeDue(nil) ?? []
        triggers?.queue.add(due)
        triggers?.queue.hurry()
        var nextReport = now
        while true {
            cutNext(isEnding: true)
            guard triggers?.cutter.current != nil else { break }
            _ = tapedeck_poll(-1, false, false, -1, Self.cutPatience)
            guard time.monotonic >= nextReport else { continue }
            nextReport = time.monotonic + Self.upkeepInterval
            report(.finishing(sealed: statistics.measures.sealed))
        }
        try storeIncidents(atOnce: true)
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
            case .begun:
                triggers?.hasNew = true
                report(.triggered(reason, mergesInto: nil))
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

    private func cutNext(isEnding: Bool) {
        let now = time.monotonic
        if let result = triggers?.cutter.takeResult() {
            if let cut = result.cut {
                triggers?.queue.succeeded()
                // A window in which nothing came leaves no tape.
                if cut.path != nil { statistics.incidents += 1 }
                report(.incident(result.plan, cut))
            } else if let outlook = triggers?.queue.failed(
                at: now, wall: Timestamp(nanoseconds: clock.wall(now)), isEnding: isEnding)
            {
                if outlook != .retried { statistics.incidentsFailed += 1 }
                report(.incidentFailed(result.plan, outlook, reason: result.failure ?? "unknown"))
            }
        }
        if let triggers, triggers.cutter.current == nil, let next = self.triggers?.queue.next(now) {
            triggers.cutter.start(next)
        }
        statistics.openIncidents = Int64(triggers?.openCount ?? 0)
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
            // It was set a moment ago, unless somebody else's clock is wrong.
            let age = moment.wall &- mark.at.nanoseconds
            let isRecent = age >= 0 && age <= Self.longestLook
            let at = isRecent ? TriggerMoment(monotonic: moment.monotonic &- age, wall: mark.at.nanoseconds) : moment
            fire(triggers?.watch.mark(mark.text, at: at) ?? [], at)
        }
    }
}
