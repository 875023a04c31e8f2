import DeviceProtocol
import Tape

/// The messages of a script that are published, in the order of their first copies: what held before the window, then
/// the window.
struct AdmittedMessages {
    /// What comes next.
    enum Step {
        /// A message to publish.
        case publish(MessagePreparation.Admitted)
        /// So many messages that are not published.
        case skip(SkipReason, count: Int64)
    }

    var preparation: MessagePreparation
    private var state: ArraySlice<RecordedMessage>
    private let cursor: MessageCursor
    private let lastSequence: Int64
    private var hasBegun = false
    /// The first message of the window: the state goes before it but is moved in time as it is.
    private var first: MessagePreparation.Admitted?
    private var skips: [SkipReason: Int64] = [:]

    /// Reads a script up to a place on the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    init(_ script: ReplayScript, tape: TapeReader, through lastSequence: Int64 = .max) throws(TapeError) {
        preparation = MessagePreparation(script)
        state = script.state[...]
        cursor = try tape.messages(script.selection)
        self.lastSequence = lastSequence
    }

    /// Parts of the tape that cannot be read, as far as it was read.
    var damages: [TapeError] { cursor.damages }

    /// The next message; nil at the end.
    ///
    /// - Parameter isCancelled: asked before each message; true ends the reading.
    /// - Returns: what comes next.
    /// - Throws: ``TapeError`` when the tape cannot be read, ``ReplayError/cancelled``.
    mutating func next(isCancelled: () -> Bool = { false }) throws -> Step? {
        if !hasBegun { try begin(isCancelled) }
        if let skip = skips.popFirst() { return .skip(skip.key, count: skip.value) }
        if let message = state.popFirst() {
            switch preparation.admit(state: message) {
            case .publish(let admitted): return .publish(admitted)
            case .skip(let reason): return .skip(reason, count: 1)
            }
        }
        if let admitted = first {
            first = nil
            return .publish(admitted)
        }
        return try nextOfWindow(isCancelled)
    }

    private mutating func begin(_ isCancelled: () -> Bool) throws {
        hasBegun = true
        if state.isEmpty { return }
        while let step = try nextOfWindow(isCancelled) {
            switch step {
            case .publish(let admitted):
                first = admitted
                return
            case .skip(let reason, let count): skips[reason, default: 0] += count
            }
        }
    }

    private mutating func nextOfWindow(_ isCancelled: () -> Bool) throws -> Step? {
        if isCancelled() { throw ReplayError.cancelled }
        guard let message = try cursor.next(), message.sequence <= lastSequence else { return nil }
        switch preparation.admit(message) {
        case .publish(let admitted): return .publish(admitted)
        case .skip(let reason): return .skip(reason, count: 1)
        }
    }
}
