/// How often a tape is replayed.
public struct Repetition: Sendable, Hashable {
    /// Rounds in all; nil for no end.
    public var rounds: Int64?
    /// How long it waits between the last message of a round and the first of the next, ns of recorded time.
    public var delay: Int64

    /// A tape that is replayed once.
    public static let once = Repetition(rounds: 1)

    /// Rounds with a pause between them.
    public init(rounds: Int64?, delay: Int64 = 0) {
        self.rounds = rounds
        self.delay = delay
    }

    /// How often a number comes when each round has it; nil for no end.
    func total(_ count: Int64) -> Int64? {
        guard let rounds else { return nil }
        let (total, overflow) = count.multipliedReportingOverflow(by: rounds)
        return overflow ? .max : total
    }
}

extension ReplayPlan {
    /// How long a replay takes that goes over the tape several times, ns; nil without an end, 0 at ``Pace/maximum``.
    public func duration(at pace: Pace, _ repetition: Repetition) -> Int64? {
        guard let rounds = repetition.rounds, let messages = repetition.total(messages) else { return nil }
        let pauses = Repetition(rounds: max(0, rounds - 1)).total(repetition.delay) ?? 0
        guard case .rate = pace else {
            let (sum, overflow) = pace.duration(of: 0, messages: messages).addingReportingOverflow(pauses)
            return pace == .maximum ? 0 : overflow ? .max : sum
        }
        let (sum, overflow) = (repetition.total(length) ?? 0).addingReportingOverflow(pauses)
        return pace.duration(of: overflow ? .max : sum)
    }
}
