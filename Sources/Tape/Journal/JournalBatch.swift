import DeviceProtocol
import SQLite

/// One row of the journal, restored.
struct JournalBatch {
    let firstSequence: Int64
    let count: Int64
    private let context: MessageFrame.Context
    private let frames: [UInt8]

    /// The columns that ``init(row:decompressor:)`` expects, in order; a `WHERE` on `j` may follow.
    static let selectSQL = """
        SELECT j.first_seq, j.count, j.session, j.first_arrival, j.size, j.body, coalesce(c.offset, 0)
        FROM journal j LEFT JOIN clock c ON c.id = j.clock
        """

    init(row: borrowing Statement, decompressor: BatchDecompressor) throws(CompressionError) {
        firstSequence = row.integer(0)
        count = row.integer(1)
        context = MessageFrame.Context(
            sequence: row.integer(0), session: row.integer(2), arrival: row.integer(3), clockOffset: row.integer(6))
        let size = Int(row.integer(4))
        frames = try decompressor.decompress(row.blob(5), size: size)
    }

    /// All messages of the batch.
    func messages() throws(MalformedFrame) -> [RecordedMessage] {
        var reader = FrameReader(self)
        var messages: [RecordedMessage] = []
        while let message = try reader.next() { messages.append(message) }
        return messages
    }

    /// Reads a batch message by message.
    struct FrameReader {
        private var bytes: ByteReader
        private var context: MessageFrame.Context
        /// Messages that were not read yet.
        private(set) var remaining: Int64

        init(_ batch: JournalBatch) {
            bytes = ByteReader(batch.frames)
            context = batch.context
            remaining = batch.count
        }

        /// The next message; nil at the end.
        ///
        /// - Throws: ``MalformedFrame`` when the frames do not hold as many messages as the row says.
        mutating func next() throws(MalformedFrame) -> RecordedMessage? {
            guard remaining > 0 else {
                guard bytes.isAtEnd else { throw MalformedFrame(offset: bytes.offset, reason: "bytes are left over") }
                return nil
            }
            let message = try MessageFrame.read(&bytes, context)
            remaining -= 1
            context.sequence &+= 1
            context.arrival = message.arrival.nanoseconds
            return message
        }
    }
}
