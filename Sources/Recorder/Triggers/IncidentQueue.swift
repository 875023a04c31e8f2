import DeviceProtocol

/// What becomes of an incident that could not be cut.
public enum IncidentOutlook: String, Sendable, Hashable {
    /// It is tried again, for an hour; nothing that it needs is deleted meanwhile.
    case retried
    /// The recording ends; the next one onto the same tape that has triggers tries again.
    case nextRecording = "next_recording"
    /// It is not tried any more.
    case givenUp = "given_up"
}

/// Incidents whose window has ended, in the order in which they are to be cut.
///
/// They are cut one at a time; what fails is tried again. Without any I/O. Times are monotonic, ns.
struct IncidentQueue {
    private struct Entry {
        var plan: IncidentPlan
        var notBefore = Int64.min
    }

    private var entries: [Entry] = []
    private var current: IncidentPlan?

    /// Between two attempts, ns.
    static let pause: Int64 = 30_000_000_000
    /// For how long it is tried, ns.
    static let patience: Int64 = 3_600_000_000_000

    /// All that are not cut yet.
    var plans: [IncidentPlan] { [current].compactMap(\.self) + entries.map(\.plan) }

    /// Takes incidents in.
    mutating func add(_ plans: [IncidentPlan]) {
        entries += plans.map { Entry(plan: $0) }
    }

    /// The next one to be cut; nil while another one is, or where none is to be tried now.
    mutating func next(_ now: Int64) -> IncidentPlan? {
        guard current == nil, let index = entries.firstIndex(where: { $0.notBefore <= now }) else { return nil }
        current = entries.remove(at: index).plan
        return current
    }

    /// The one that `next` gave was cut.
    mutating func succeeded() {
        current = nil
    }

    /// The one that `next` gave was not cut.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - wall: wall time.
    ///   - isEnding: whether the recording ends.
    /// - Returns: what becomes of it; nil where that was said before.
    mutating func failed(at now: Int64, wall: Timestamp, isEnding: Bool) -> IncidentOutlook? {
        guard var plan = current else { return nil }
        current = nil
        let isFirst = plan.failingSince == nil
        let since = plan.failingSince ?? wall
        plan.failingSince = since
        // Not by the monotonic clock, which begins anew with the machine.
        if wall.nanoseconds &- since.nanoseconds >= Self.patience { return .givenUp }
        entries.append(Entry(plan: plan, notBefore: now &+ Self.pause))
        if isEnding { return .nextRecording }
        return isFirst ? .retried : nil
    }

    /// The recording ends: all are tried once more, at once.
    mutating func hurry() {
        for index in entries.indices { entries[index].notBefore = .min }
    }
}
