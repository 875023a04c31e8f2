public import DeviceProtocol

/// What two recordings may differ in without being different.
public struct DiffRules: Sendable {
    /// What a rule is about; what is nil is everything.
    public struct Scope: Sendable, Hashable {
        /// The kind of message.
        public var kind: MessageKind?
        /// Devices, by the base's ids or the candidate's.
        public var device: Glob?
        /// Places in the message.
        public var path: PathPattern?

        /// Everything.
        public init(kind: MessageKind? = nil, device: Glob? = nil, path: PathPattern? = nil) {
            self.kind = kind
            self.device = device
            self.path = path
        }
    }

    /// Values that are not compared, or verdicts that do not count.
    public struct Ignore: Sendable, Hashable {
        /// Where.
        public var scope: Scope
        /// The verdict that does not count; nil where values are meant.
        public var verdict: Verdict?
        /// A word on the reason.
        public var why: String?
        /// How often it was seen.
        public var count: Int?

        /// Makes a rule.
        public init(_ scope: Scope, verdict: Verdict? = nil, why: String? = nil, count: Int? = nil) {
            self.scope = scope
            self.verdict = verdict
            self.why = why
            self.count = count
        }
    }

    /// Numbers that may differ by so much: within `absolute`, or within `relative` times the larger one.
    public struct NumericTolerance: Sendable, Hashable {
        /// Where.
        public var scope: Scope
        /// The largest difference, in the unit of the value.
        public var absolute: Double
        /// The largest difference as a share of the larger magnitude.
        public var relative: Double
        /// A word on the reason.
        public var why: String?
        /// How often it was seen.
        public var count: Int?

        /// Makes a rule.
        public init(
            _ scope: Scope, absolute: Double = 0, relative: Double = 0, why: String? = nil, count: Int? = nil
        ) {
            self.scope = scope
            self.absolute = absolute
            self.relative = relative
            self.why = why
            self.count = count
        }
    }

    /// Values that are not compared, and verdicts that do not count.
    public var ignore: [Ignore] = []
    /// Numbers that may differ a little; the first rule that fits holds.
    public var numericTolerance: [NumericTolerance] = []
    /// By how much a time may differ, ns.
    public var timeTolerance: Int64 = 1_000_000_000
    /// The same for single kinds, ns.
    public var timeToleranceByKind: [MessageKind: Int64] = [:]
    /// Arrays whose order does not matter.
    public var unordered: [Scope] = []
    /// Kinds that are not compared at all.
    public var ignoredKinds: Set<MessageKind> = []

    /// No rules: nothing but the default time tolerance of a second.
    public init() {}

    /// By how much the time of a kind of message may differ, ns.
    public func timeTolerance(of kind: MessageKind) -> Int64 {
        timeToleranceByKind[kind] ?? timeTolerance
    }
}
