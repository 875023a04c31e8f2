import DeviceProtocol
import Tape

/// Reads a tape round by round and makes the cues of a replay.
struct CueProducer {
    private let order: ReadAhead.Order
    private var place: SeekIndex.Place
    private var answers: AnswerTable?
    /// What the messages answer that were read and are not published yet, by their place on the tape.
    private var answered: [Int64: (answer: RecordedAnswer, copies: Int)] = [:]
    private var announced: Set<DeviceID?> = []
    /// Recorded time of the last cue, ns.
    private var end: Int64
    /// Cues of the round so far.
    private var count: Int64 = 0

    init(_ order: ReadAhead.Order, from place: SeekIndex.Place) {
        self.order = order
        self.place = place
        end = place.offset
        answers = order.tiesAnswers ? AnswerTable() : nil
    }

    /// Fills a queue until everything was read or nobody takes any more.
    ///
    /// - Throws: `TapeError` when the tape cannot be read, `FanOutOverflow`.
    mutating func run(into queue: BoundedQueue) throws {
        // A reader belongs to the thread that opened it.
        let tape = try TapeReader(path: order.script.path)
        defer { withExtendedLifetime(tape) {} }
        while true {
            guard try round(tape, into: queue) else { return }
            let isWhole = place.after == 0
            if isWhole, place.round == 0 {
                order.index.note(period: Self.sum(end &- place.roundStart, order.repetition.delay))
            }
            let next = place.round + 1
            guard order.repetition.rounds.map({ next < $0 }) ?? true else { return }
            // An empty round would be followed by empty rounds for ever.
            if isWhole, count == 0 { return }
            answers?.beginRound()
            let start = Self.sum(end, order.repetition.delay)
            place = SeekIndex.Place(round: next, after: 0, offset: start, roundStart: start)
        }
    }

    /// Reads to the end of the tape once; false when nobody takes messages any more.
    private mutating func round(_ tape: TapeReader, into queue: BoundedQueue) throws -> Bool {
        let cursor = try tape.messages(selection, after: place.after)
        var preparation = MessagePreparation(order.script, round: place.round, roundStart: place.roundStart)
        count = 0
        // Whoever goes on in the middle of a round has had the state already, or passes over it.
        if place.after == 0 {
            guard try preparation.publishState({ emit($0, to: queue) }) else { return false }
        }
        while let message = try cursor.next(), message.sequence <= order.lastSequence {
            if answers != nil {
                let answer = answers?.note(message)
                guard order.script.selection.matches(message) else { continue }
                if let answer { answered[message.sequence] = (answer, preparation.copies) }
            }
            var isPublished = false
            let goesOn = try preparation.publish(message) { outgoing in
                // Of several copies the first is the one that stands where the recorded message does.
                if !isPublished, outgoing.sequence == message.sequence {
                    isPublished = true
                    if place.round == 0 {
                        order.index.note(before: message.sequence, offset: Self.sum(place.offset, outgoing.offset))
                    }
                }
                return emit(outgoing, to: queue)
            }
            guard goesOn else { return false }
            if !isPublished { answered[message.sequence] = nil }
        }
        return preparation.finish { emit($0, to: queue) }
    }

    /// Puts a message into the queue; false when nobody takes any more.
    private mutating func emit(_ outgoing: OutgoingMessage, to queue: BoundedQueue) -> Bool {
        var cue = Cue(outgoing)
        cue.message.offset = Self.sum(place.offset, outgoing.offset)
        if count == 0, place.round > 0, place.after == 0 { cue.leadIn = order.repetition.delay }
        if let known = answered[outgoing.sequence], !outgoing.isState {
            cue.answer = known.answer
            answered[outgoing.sequence] = known.copies > 1 ? (known.answer, known.copies - 1) : nil
        }
        end = max(end, cue.message.offset)
        count += 1
        if order.usesConnectionPerDevice { assignConnection(&cue, queue) }
        return queue.push(cue)
    }

    /// What must be read: with answers also the commands, which the selection may leave out.
    private var selection: Selection {
        var selection = order.script.selection
        guard order.tiesAnswers else { return selection }
        selection.kinds = []
        selection.topics = []
        selection.excluded = []
        return selection
    }

    /// What a device said goes through its own connection, what it was told through the main one.
    private mutating func assignConnection(_ cue: inout Cue, _ queue: BoundedQueue) {
        if cue.message.direction != .cloudToDevice { cue.connection = cue.message.device }
        if announced.insert(cue.connection).inserted {
            queue.announce(BoundedQueue.Announcement(connection: cue.connection, offset: cue.message.offset))
        }
    }

    private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
