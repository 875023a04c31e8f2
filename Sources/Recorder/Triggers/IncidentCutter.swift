import Synchronization
import Tape
import Threads

/// Cuts incident tapes one after the other, each on a thread that the recording does not wait for.
final class IncidentCutter: Sendable {
    /// What became of an incident.
    struct Result: Sendable {
        var plan: IncidentPlan
        var cut: TriggerOptions.Cut?
        /// Why it was not cut.
        var failure: String?
    }

    private struct State {
        var current: IncidentPlan?
        var result: Result?
    }

    private let cut: @Sendable (IncidentPlan) throws -> TriggerOptions.Cut
    private let state = Mutex(State())

    init(_ cut: @escaping @Sendable (IncidentPlan) throws -> TriggerOptions.Cut) {
        self.cut = cut
    }

    /// The incident that is being cut.
    var current: IncidentPlan? { state.withLock { $0.current } }

    /// Begins to cut; only while nothing else is being cut.
    func start(_ plan: IncidentPlan) {
        state.withLock { $0.current = plan }
        do {
            try DetachedThread.start { [self] in run() }
        } catch {
            finish(Result(plan: plan, failure: "there is no thread to be had: \(error)"))
        }
    }

    /// Takes what became of the last incident, once it is known.
    func takeResult() -> Result? {
        state.withLock { state in
            guard let result = state.result else { return nil }
            state = State()
            return result
        }
    }

    private func run() {
        guard let plan = current else { return }
        do {
            finish(Result(plan: plan, cut: try cut(plan)))
        } catch {
            finish(Result(plan: plan, failure: "\(error)"))
        }
    }

    private func finish(_ result: Result) {
        state.withLock { $0.result = result }
    }
}
