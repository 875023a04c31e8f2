import DeviceProtocol
import Tape

/// Turns the messages of a tape, in their order, into messages to publish: none, one, or one for each copy of the
/// fleet.
///
/// With several copies a recorded message is held once until its last copy is due, and each copy is made only when its
/// turn comes. What is held is bounded.
struct MessagePreparation {
    private let admission: Admission
    private let fanOut: FanOut
    private let timeShift: TimeShift
    private let roundStart: Int64
    private let linkedTape: String?
    private let state: [RecordedMessage]
    private var transformer: MessageTransformer
    private var window: FanOutWindow
    private(set) var timeline: RecordedTimeline
    private var isShiftSettled = false

    /// Prepares a round over the tape.
    ///
    /// - Parameters:
    ///   - script: what is to be replayed.
    ///   - round: the round of a loop, from 0; each has fresh ids of its own.
    ///   - roundStart: recorded time at which the round begins, ns.
    init(_ script: ReplayScript, round: Int64 = 0, roundStart: Int64 = 0) {
        admission = script.admission
        var transformation = script.transformation
        transformation.freshIDs = transformation.freshIDs?.pass(round)
        linkedTape = transformation.linkedTape
        fanOut = transformation.fanOut
        timeShift = transformation.timeShift
        self.roundStart = roundStart
        state = script.state
        transformer = MessageTransformer(transformation, credentials: script.credentials)
        window = FanOutWindow(fanOut)
        timeline = RecordedTimeline(longestSilence: script.longestSilence)
    }

    /// What was touched so far.
    var counts: TransformationCounts { transformer.counts }

    // MARK: - For the replay

    /// Publishes what held before the window; to be asked for before the first message.
    ///
    /// - Parameter emit: takes a message, and answers false when nobody wants more.
    /// - Returns: false when `emit` did.
    /// - Throws: ``FanOutOverflow``, and what `emit` throws.
    mutating func publishState(_ emit: (OutgoingMessage) throws -> Bool) throws -> Bool {
        // Where the first message of the window is not known the state is moved as if it were the first itself.
        if let first = state.first { settleShift(first) }
        for message in state {
            if case .publish(let admitted) = admit(state: message), try !publish(admitted, emit) { return false }
        }
        return true
    }

    /// Publishes the next message of the window, after all copies that are due before it.
    ///
    /// - Parameters:
    ///   - message: the next message.
    ///   - emit: takes a message, and answers false when nobody wants more.
    /// - Returns: false when `emit` did.
    /// - Throws: ``FanOutOverflow``, and what `emit` throws.
    mutating func publish(_ message: RecordedMessage, _ emit: (OutgoingMessage) throws -> Bool) throws -> Bool {
        guard case .publish(let admitted) = admit(message) else { return true }
        return try publish(admitted, emit)
    }

    /// Publishes the copies that are still due after the last message.
    ///
    /// - Parameter emit: takes a message, and answers false when nobody wants more.
    /// - Returns: false when `emit` did.
    /// - Throws: what `emit` throws.
    mutating func finish(_ emit: (OutgoingMessage) throws -> Bool) rethrows -> Bool {
        try publishDue(atEnd: true, emit)
    }

    private mutating func publish(
        _ admitted: Admitted, _ emit: (OutgoingMessage) throws -> Bool
    ) throws -> Bool {
        guard fanOut.copies > 1 else { return try emit(outgoing(admitted, copy: 0)) }
        try window.add(admitted)
        return try publishDue(atEnd: false, emit)
    }

    private mutating func publishDue(
        atEnd: Bool, _ emit: (OutgoingMessage) throws -> Bool
    ) rethrows -> Bool {
        while let (admitted, copy) = window.next(atEnd: atEnd) {
            guard try emit(outgoing(admitted, copy: copy)) else { return false }
        }
        return true
    }

    private mutating func outgoing(_ admitted: Admitted, copy: Int) -> OutgoingMessage {
        let message = admitted.message
        let result = transform(admitted, copy: copy)
        let (due, overflow) = admitted.offset.addingReportingOverflow(delay(of: copy))
        return OutgoingMessage(
            offset: overflow ? .max : due, sequence: message.sequence, topic: result.topic, payload: result.payload,
            qos: message.qos, retain: keepsRetain(message), properties: result.properties, isState: admitted.isState,
            device: result.device, direction: admitted.direction)
    }

    // MARK: - For plan and replay

    /// A message that is going to be published.
    struct Admitted {
        var message: RecordedMessage
        /// What is known of its topic.
        var facts: TopicFacts
        var direction: Direction
        /// Place of the first copy in recorded time, ns.
        var offset: Int64 = 0
        /// Whether it is from before the window.
        var isState: Bool
        /// Whether its payload holds placeholders as far as a quick look tells.
        var mayHoldPlaceholders = false
    }

    /// What becomes of a message.
    enum Verdict {
        case publish(Admitted)
        case skip(SkipReason)
    }

    /// Copies of each message.
    var copies: Int { fanOut.copies }
    /// Recorded devices with a new id that were found anywhere.
    var seenDevices: Set<DeviceID> { transformer.seenDevices }

    /// How much later than the first copy a copy is due, ns of recorded time.
    func delay(of copy: Int) -> Int64 { fanOut.delay(of: copy) }

    /// Whether a message is published as a retained one.
    func keepsRetain(_ message: RecordedMessage) -> Bool { message.retain && admission.keepsRetain }

    /// Collects examples of what is touched.
    mutating func collectExamples() { transformer.collectExamples() }

    /// Decides about the next message of the window; time passes only with messages that are published.
    mutating func admit(_ message: RecordedMessage) -> Verdict {
        let verdict = admit(message, isState: false)
        guard case .publish(var admitted) = verdict else { return verdict }
        admitted.offset = timeline.place(message)
        settleShift(message)
        return .publish(admitted)
    }

    /// Decides about a message from before the window, which is due when recorded time begins.
    mutating func admit(state message: RecordedMessage) -> Verdict {
        admit(message, isState: true)
    }

    /// What is sent of a copy of a message, which counts as so many.
    mutating func transform(_ admitted: Admitted, copy: Int, weight: Int64 = 1) -> MessageTransformer.Result {
        var result = transformer.apply(to: admitted, copy: copy, weight: weight)
        if let linkedTape {
            let origin = MessageOrigin(tape: linkedTape, sequence: admitted.message.sequence)
            result.properties = origin.added(to: result.properties)
        }
        return result
    }

    private mutating func admit(_ message: RecordedMessage, isState: Bool) -> Verdict {
        let facts = transformer.facts(of: message.topic)
        let direction = facts.direction(message.properties)
        if let reason = admission.reasonToSkip(message, direction: direction, topic: facts.topic) {
            return .skip(reason)
        }
        let mayHold = Placeholder.mayOccur(in: message.payload)
        if let reason = transformer.reasonToRefuse(message, facts, mayHoldPlaceholders: mayHold) {
            return .skip(reason)
        }
        return .publish(
            Admitted(
                message: message, facts: facts, direction: direction, isState: isState, mayHoldPlaceholders: mayHold))
    }

    private mutating func settleShift(_ first: RecordedMessage) {
        if isShiftSettled { return }
        isShiftSettled = true
        transformer.shift = timeShift.resolved(firstArrival: first.arrival, roundStart: roundStart)
    }
}
