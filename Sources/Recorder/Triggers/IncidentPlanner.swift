import DeviceProtocol

/// An instant on both clocks, ns.
struct TriggerMoment: Hashable {
    var monotonic: Int64
    var wall: Int64
}

/// Makes incidents of reasons: overlapping ones become one, and only so many begin in an hour.
struct IncidentPlanner {
    /// What became of a reason.
    enum Outcome: Hashable {
        /// It began an incident.
        case begun
        /// It belongs to an incident that had begun.
        case merged
        /// There were too many in the last hour; whether this is the first that was left out since one was begun.
        case limited(isFirst: Bool)
    }

    private let timing: TriggerTiming
    /// Incidents whose window has not ended, oldest first; only the last one still grows.
    private(set) var open: [IncidentPlan] = []
    /// When the incidents of the last hour began, monotonic, ns.
    private var begun: [Int64] = []
    private var isLimited = false

    static let hour: Int64 = 3_600_000_000_000

    init(_ timing: TriggerTiming) {
        self.timing = timing
    }

    /// Takes a reason.
    mutating func add(_ reason: TriggerReason, at moment: TriggerMoment) -> Outcome {
        let plan = IncidentPlan(
            reason, from: moment.wall &- timing.before, until: moment.wall &+ timing.after,
            due: moment.monotonic &+ timing.after)
        if var last = open.last {
            last.merge(plan)
            // One that goes on for ever would never be cut, and what it needs never be deleted.
            if last.length <= timing.longest {
                open[open.count - 1] = last
                return .merged
            }
        }
        begun.removeAll { moment.monotonic &- $0 >= Self.hour }
        guard begun.count < timing.perHour else {
            defer { isLimited = true }
            return .limited(isFirst: !isLimited)
        }
        isLimited = false
        begun.append(moment.monotonic)
        open.append(plan)
        return .begun
    }

    /// Takes up an incident that an earlier recording began and whose window has not ended.
    mutating func resume(_ plan: IncidentPlan) {
        open.append(plan)
    }

    /// Takes out the incidents whose window has ended; `nil` takes all.
    mutating func takeDue(_ now: Int64?) -> [IncidentPlan] {
        let due = open.filter { plan in now.map { plan.due <= $0 } ?? true }
        open.removeAll { plan in now.map { plan.due <= $0 } ?? true }
        return due
    }
}
