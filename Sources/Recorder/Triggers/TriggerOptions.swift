/// How much of the time around a trigger an incident tape has; all times in ns.
public struct TriggerTiming: Sendable, Hashable {
    /// Before the condition began to hold.
    public var before: Int64
    /// After it.
    public var after: Int64
    /// Incidents that may begin within an hour.
    public var perHour: Int
    /// The longest window that incidents may grow together to.
    public var longest: Int64

    /// Makes a timing; one window is never longer than ``longest``.
    public init(before: Int64, after: Int64, perHour: Int = 60) {
        self.before = before
        self.after = after
        self.perHour = perHour
        longest = max(IncidentPlanner.hour, (before &+ after) &* 2)
    }
}

/// What makes a recorder cut incident tapes, and how.
public struct TriggerOptions: Sendable {
    /// An incident tape that was cut.
    public struct Cut: Sendable, Hashable {
        /// The tape; nil where there was not a single message to put on it.
        public var path: String?
        /// Messages on it.
        public var messages: Int64
        /// Those of them that give the state from before the window.
        public var ofState: Int64

        /// Says what was cut.
        public init(path: String?, messages: Int64, ofState: Int64) {
            self.path = path
            self.messages = messages
            self.ofState = ofState
        }
    }

    /// The conditions; any one is enough.
    public var conditions: [TriggerCondition]
    /// The windows.
    public var timing: TriggerTiming
    /// Cuts an incident out of the tape, on a thread of its own; what it throws is told to people.
    public var cut: @Sendable (IncidentPlan) throws -> Cut

    /// Options for some conditions.
    public init(
        conditions: [TriggerCondition], timing: TriggerTiming, cut: @escaping @Sendable (IncidentPlan) throws -> Cut
    ) {
        self.conditions = conditions
        self.timing = timing
        self.cut = cut
    }
}
