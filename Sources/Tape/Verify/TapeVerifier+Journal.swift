import DeviceProtocol
import SQLite

extension TapeVerifier {
    /// Restores a journal batch and reads every message.
    func checkBatch(_ first: Int64) {
        do {
            var row = try tape.database.prepare(
                """
                SELECT count, session, clock, first_arrival, last_arrival, size, body FROM journal WHERE first_seq = ?
                """)
            try row.bind(1, first)
            guard try row.step() else { return }
            let count = row.integer(0)
            let (session, clock) = (row.integer(1), row.integer(2))
            let frames = try decompressor.decompress(row.blob(6), size: Int(row.integer(5)))
            block.removeAll(firstSequence: first)
            try block.append(frames: frames, count: count, firstArrival: row.integer(3), clock: clock)
            let check = BlockCheck(block)
            let stated = (first: row.integer(3), last: row.integer(4))
            if let found = check.arrivals, found.lowerBound != stated.first || found.upperBound != stated.last {
                fault(.journal, block, "the times of its row are not those of its messages")
            }
            if let known = clocks[clock]?.session, known != session {
                fault(.journal, block, "it belongs to session \(session), its clock to session \(known)")
            }
            take(check, block, .journal, "journal batch")
        } catch {
            failed(.journal, "journal batch", first, "journal", error)
        }
    }

    /// Adds what a block holds to the sums, and tells of its faults.
    func take(_ check: BlockCheck, _ block: MessageBlock, _ kind: TapeCheck, _ what: String) {
        for (sequence, text) in check.faults { fault(TapeFault(kind, "the message has \(text)", from: sequence)) }
        for topic in check.topics {
            tally.count(
                DeviceTopic.parse(String(decoding: topic.name, as: UTF8.self)), messages: topic.messages,
                bytes: topic.bytes, from: topic.firstArrival, through: topic.lastArrival)
        }
        for (clock, sums) in check.clocks.sorted(by: { $0.key < $1.key }) {
            guard let session = clocks[clock]?.session else {
                fault(kind, block, "the \(what) refers to clock \(clock), which is not on the tape")
                tally.isIncomplete = true
                continue
            }
            tally.count(session: session, sums)
        }
        report.messages += Int64(block.count)
        report.bytes += check.bytes
    }

    func fault(_ check: TapeCheck, _ block: MessageBlock, _ text: String) {
        fault(
            TapeFault(
                check, text, from: block.firstSequence, through: block.firstSequence &+ Int64(max(1, block.count)) &- 1)
        )
    }

    /// Tells of a part that cannot be read.
    func failed(_ check: TapeCheck, _ what: String, _ first: Int64, _ table: String, _ error: any Error) {
        tally.isIncomplete = true
        // The count stands in front of what is broken; where even that cannot be read the first message must do.
        let count = (try? tape.database.integer("SELECT count FROM \(table) WHERE first_seq = \(first)")) ?? 1
        fault(
            TapeFault(
                check, "the \(what) cannot be read: \(Self.reason(error))", from: first,
                through: first &+ max(1, count) &- 1))
    }

    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as CompressionError: error.reason
        case let error as MalformedFrame: "\(error.reason) (byte \(error.offset))"
        case let error as SegmentDamage: error.reason
        case let error as SQLiteError: error.message
        default: "\(error)"
        }
    }
}
