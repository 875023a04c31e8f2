import Tape

/// Brings the copies of messages into the order in which they are due.
///
/// Each copy of the fleet is a cursor over the same queue of messages, so that a message is held once however many
/// copies there are; a heap tells which cursor is due next.
struct FanOutWindow {
    /// Bytes of recorded messages that are held at most.
    static let byteLimit = 8 << 20

    private struct Turn {
        var due: Int64
        /// Number of the message since the beginning.
        var index: Int
        var copy: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.due, left.index, left.copy) < (right.due, right.index, right.copy)
        }
    }

    private let delays: [Int64]
    private let spread: Int64
    private var messages: [MessagePreparation.Admitted?] = []
    /// Number of the message that stands first in ``messages``, those that are done included.
    private var base = 0
    /// How many at the front are done.
    private var done = 0
    private var bytes = 0
    /// When the first copy of the message that was added last is due.
    private var lastOffset: Int64 = 0
    private var heap: [Turn] = []
    /// Copies that have caught up with the last message.
    private var waiting: [Int]
    private let byteLimit: Int

    init(_ fanOut: FanOut, byteLimit: Int = byteLimit) {
        self.init(fanOut, copies: Array(0..<max(1, fanOut.copies)), byteLimit: byteLimit)
    }

    /// Only the last copy, which alone decides how much is held at once.
    init(lastOf fanOut: FanOut) {
        self.init(fanOut, copies: [fanOut.copies - 1], byteLimit: Self.byteLimit)
    }

    private init(_ fanOut: FanOut, copies: [Int], byteLimit: Int) {
        delays = copies.map { fanOut.delay(of: $0) }
        spread = fanOut.spread
        waiting = Array(delays.indices)
        self.byteLimit = byteLimit
    }

    /// Adds the next message.
    ///
    /// - Throws: ``FanOutOverflow`` when more would be held than allowed.
    mutating func add(_ admitted: MessagePreparation.Admitted) throws(FanOutOverflow) {
        let cost = Self.cost(admitted)
        guard bytes == 0 || bytes + cost <= byteLimit else {
            throw FanOutOverflow(spread: spread, sequence: admitted.message.sequence, limit: byteLimit)
        }
        bytes += cost
        lastOffset = admitted.offset
        messages.append(admitted)
        let index = base + messages.count - 1
        for copy in waiting { push(Turn(due: due(index, copy), index: index, copy: copy)) }
        waiting.removeAll(keepingCapacity: true)
    }

    /// The copy that is due next; nil when a message that was not added yet may come before it.
    mutating func next(atEnd: Bool) -> (MessagePreparation.Admitted, copy: Int)? {
        guard let turn = heap.first, let message = messages[turn.index - base], atEnd || turn.due <= lastOffset else {
            return nil
        }
        let following = turn.index + 1
        if following - base < messages.count {
            heap[0] = Turn(due: due(following, turn.copy), index: following, copy: turn.copy)
            sink()
        } else {
            pop()
            waiting.append(turn.copy)
        }
        // Delays grow with the copy, so the last copy is the last one that needs a message.
        if turn.copy == delays.count - 1 { finish(turn.index) }
        return (message, turn.copy)
    }

    /// Messages that are held, and their bytes: for tests.
    var held: (messages: Int, bytes: Int) { (messages.count - done, bytes) }

    private mutating func finish(_ index: Int) {
        if let message = messages[index - base] { bytes -= Self.cost(message) }
        messages[index - base] = nil
        done = index - base + 1
        guard done > 1_024, done * 2 > messages.count else { return }
        messages.removeFirst(done)
        base += done
        done = 0
    }

    private static func cost(_ admitted: MessagePreparation.Admitted) -> Int { admitted.message.size + 256 }

    private func due(_ index: Int, _ copy: Int) -> Int64 {
        let (due, overflow) = (messages[index - base]?.offset ?? 0).addingReportingOverflow(delays[copy])
        return overflow ? .max : due
    }

    // MARK: - Heap

    private mutating func push(_ turn: Turn) {
        heap.append(turn)
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        if !heap.isEmpty { sink() }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            if least == parent { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}

/// The copies of messages lie so far apart that too much would have to be held in memory.
public struct FanOutOverflow: Error, Sendable, Hashable, CustomStringConvertible {
    /// Recorded time over which copies are spread, ns.
    public var spread: Int64
    /// The message of the tape for which there was no room.
    public var sequence: Int64
    /// Bytes of messages that may be held.
    public var limit: Int

    /// One sentence for a person.
    public var description: String {
        "--fan-out-spread: \(spread / 1_000_000_000) s of the tape are more than \(limit >> 20) MiB, which is all that is "
            + "held at once (at seq \(sequence)); choose a shorter one"
    }
}
