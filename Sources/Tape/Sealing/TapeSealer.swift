import SQLite

/// Turns journal batches into segments, and small segments into larger ones.
///
/// It has a connection of its own and may work beside a ``TapeWriter`` of the same process, on another thread: what it
/// needs the write lock for is only to put a finished segment in the place of its batches, in one transaction.
public final class TapeSealer {
    /// What one step did.
    public struct Step: Sendable, Hashable {
        /// Messages that are in a segment now and were not before, or were in a smaller one.
        public var messages: Int64 = 0
        /// Bytes of these messages: topics, properties and payloads.
        public var bytes: Int64 = 0
        /// Bytes that they take up on the tape.
        public var stored: Int64 = 0
        /// Messages that had to be kept as text, because they did not come back byte for byte otherwise.
        public var literal: Int64 = 0

        /// Nothing done yet.
        public init() {}

        /// Adds what another step did.
        public mutating func add(_ other: Step) {
            messages += other.messages
            bytes += other.bytes
            stored += other.stored
            literal += other.literal
        }
    }

    /// When messages are sealed.
    public enum Demand: Sendable {
        /// As soon as they fill a segment.
        case full
        /// All of them.
        case all
    }

    /// Messages in a full segment.
    public static let segmentMessages: Int64 = 65_536
    /// Bytes of messages in a full segment; a single batch may be larger.
    ///
    /// What sealing holds in memory at a time is several times as much, beside a recorder that is to stay small.
    public static let segmentBytes: Int64 = 16 << 20
    /// Bytes of messages in a full segment where a message has more than ``largeMessage`` bytes on average.
    ///
    /// Large payloads are mostly text, which a reader has to restore as a whole.
    static let segmentBytesOfLargeMessages: Int64 = 8 << 20
    static let largeMessage: Int64 = 4_096

    /// Whether a segment has enough with so much.
    static func isFull(messages: Int64, bytes: Int64) -> Bool {
        if messages > segmentMessages || bytes > segmentBytes { return true }
        return bytes > segmentBytesOfLargeMessages && bytes / max(1, messages) > largeMessage
    }

    /// Journal batches that were passed over because they cannot be read; they stay where they are.
    public internal(set) var damages: [TapeError] = []

    let path: String
    let tape: TapeConnection
    let decompressor: BatchDecompressor
    private let lock: RecordingLock?
    var sealer: BlockSealer
    /// Where to go on behind batches that cannot be sealed.
    private var passedOver: Int64 = 0
    /// Segments that cannot be merged.
    var unmergeable: Set<Int64> = []
    /// The messages being sealed; kept, so that its memory serves the next ones too.
    private var block = MessageBlock(firstSequence: 0)

    /// Opens a tape.
    ///
    /// - Parameters:
    ///   - path: the tape.
    ///   - besideWriter: whether a ``TapeWriter`` of this process has the tape open; otherwise the recording lock is taken.
    /// - Throws: ``TapeError`` where the tape cannot be written or somebody records onto it.
    public init(path: String, besideWriter: Bool = false) throws(TapeError) {
        self.path = path
        if !besideWriter {
            guard try TapeFile.examine(path) != .missing else { throw .notFound(path: path) }
            lock = try RecordingLock(path)
        } else {
            lock = nil
        }
        tape = TapeConnection(try TapeFile.openForWriting(path))
        do {
            decompressor = try BatchDecompressor()
            sealer = try BlockSealer(dictionary: try tape.database.loadDictionary())
        } catch let error as SQLiteError {
            throw TapeError.from(error)
        } catch {
            throw .system(path: path, action: "compress", reason: "\(error)")
        }
    }

    /// Seals the oldest messages of the journal into one segment.
    ///
    /// - Parameters:
    ///   - demand: how much there must be.
    ///   - span: how much time a segment may have in it, ns, but for a single batch; nil sets no limit. It makes
    ///     segments smaller, not more urgent.
    /// - Returns: what was done; nil when the journal does not hold what `demand` asks for.
    /// - Throws: ``TapeError`` when the tape cannot be read or written.
    public func sealNext(_ demand: Demand, span: Int64? = nil) throws(TapeError) -> Step? {
        while let stretch = try nextStretch(demand, span) {
            var stretch = stretch
            guard try load(&stretch) else { continue }
            let sealed: BlockSealer.Sealed
            do {
                sealed = try sealer.seal(block)
            } catch {
                passOver(stretch.last, "the journal from seq \(stretch.first) to \(stretch.last)", error.reason)
                continue
            }
            try store(sealed, block) { () throws(SQLiteError) in
                var delete = try tape.database.prepare("DELETE FROM journal WHERE first_seq BETWEEN ? AND ?")
                try delete.bind(1, stretch.first)
                try delete.bind(2, stretch.last)
                try delete.run()
            }
            return Self.step(sealed, block)
        }
        return nil
    }

    static func step(_ sealed: BlockSealer.Sealed, _ block: MessageBlock) -> Step {
        var step = Step()
        step.messages = Int64(block.count)
        step.bytes = sealed.encoded.index.topics.reduce(0) { $0 + $1.bytes }
        step.stored = Int64(sealed.encoded.body.count + sealed.encoded.directory.count)
        step.literal = Int64(sealed.literal)
        return step
    }

    /// Puts a segment in the place of what `remove` takes away.
    func store(
        _ sealed: BlockSealer.Sealed, _ block: MessageBlock, replacing remove: () throws(SQLiteError) -> Void
    ) throws(TapeError) {
        do {
            try tape.database.transaction { () throws(SQLiteError) in
                try tape.database.insertAdditions(of: sealer.dictionary)
                try remove()
                try tape.database.insert(sealed, of: block)
            }
        } catch {
            throw TapeError.from(error)
        }
        sealer.dictionary.markStored()
    }

    // MARK: Choosing

    /// Batches that lie one after the other, by the numbers of their first messages.
    private struct Stretch {
        var first: Int64
        var last: Int64
    }

    private func nextStretch(_ demand: Demand, _ span: Int64?) throws(TapeError) -> Stretch? {
        try TapeError.wrapping { () throws(SQLiteError) in
            var rows = try tape.database.prepare(
                """
                SELECT first_seq, count, size, first_arrival, last_arrival FROM journal WHERE first_seq > ?
                ORDER BY first_seq
                """)
            try rows.bind(1, passedOver)
            var stretch: Stretch?
            // The part of it that has no more time in it than there may be, once that is known.
            var short: Stretch?
            var began: Int64 = 0
            var next: Int64 = 0
            var messages: Int64 = 0
            var bytes: Int64 = 0
            while try rows.step() {
                let (first, count, size) = (rows.integer(0), rows.integer(1), rows.integer(2))
                guard let begun = stretch else {
                    stretch = Stretch(first: first, last: first)
                    (next, messages, bytes, began) = (first &+ count, count, size, rows.integer(3))
                    continue
                }
                let isFull = Self.isFull(messages: messages &+ count, bytes: bytes &+ size)
                // A segment holds no gap in the numbers; one is left by a batch that could not be read.
                if isFull || first != next { return short ?? begun }
                if let span, short == nil, rows.integer(4) &- began > span { short = begun }
                stretch?.last = first
                next = first &+ count
                messages &+= count
                bytes &+= size
            }
            return demand == .all ? short ?? stretch : nil
        }
    }

    /// Restores the batches of a stretch, up to the first that cannot be read; that one is passed over when it comes
    /// first, and then the result is false.
    private func load(_ stretch: inout Stretch) throws(TapeError) -> Bool {
        block.removeAll(firstSequence: stretch.first)
        let first = stretch.first
        do {
            var rows = try tape.database.prepare(
                """
                SELECT first_seq, count, size, body, first_arrival, clock FROM journal
                WHERE first_seq BETWEEN ? AND ? ORDER BY first_seq
                """)
            try rows.bind(1, first)
            try rows.bind(2, stretch.last)
            while try rows.step() {
                let reason: String
                do {
                    let frames = try decompressor.decompress(rows.blob(3), size: Int(rows.integer(2)))
                    try block.append(
                        frames: frames, count: rows.integer(1), firstArrival: rows.integer(4), clock: rows.integer(5))
                    stretch.last = rows.integer(0)
                    continue
                } catch let error as CompressionError {
                    reason = error.reason
                } catch let error as MalformedFrame {
                    reason = error.reason
                }
                if block.count > 0 { return true }
                passOver(rows.integer(0), "the journal batch at seq \(rows.integer(0))", reason)
                return false
            }
        } catch let error as SQLiteError {
            throw TapeError.from(error)
        } catch {
            throw .damaged(path: path, part: "its journal", reason: "\(error)")
        }
        return true
    }

    private func passOver(_ last: Int64, _ part: String, _ reason: String) {
        passedOver = last
        damages.append(.damaged(path: path, part: part, reason: reason))
    }
}
