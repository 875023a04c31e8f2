import DeviceProtocol
import MQTTWire
import TestSupport

@testable import Tape

/// Two tapes with the same messages: one as it was recorded, one sealed in between, as far as chance wants.
struct SealedTape: ~Copyable {
    let folder: TemporaryFolder
    var plain: String { folder.path("plain.tape") }
    var sealed: String { folder.path("sealed.tape") }

    /// `seed` says what chance wants; `sealsAll` whether nothing is left in the journal at the end.
    init(seed: UInt64, batches: Int, sealsAll: Bool) throws {
        let folder = try TemporaryFolder()
        try Self.fill(folder.path("plain.tape"), folder.path("sealed.tape"), seed: seed, batches, sealsAll)
        self.folder = folder
    }

    private static func fill(
        _ plain: String, _ sealed: String, seed: UInt64, _ batches: Int, _ sealsAll: Bool
    ) throws {
        var random = SeededGenerator(seed: seed)
        var messages = RandomMessages(seed: seed)
        let writers = [try TapeWriter(path: plain), try TapeWriter(path: sealed)]
        var clock = ArrivalClock.Offset(cause: .start, monotonic: 0, offset: TapeWriter.testOffset, change: 0)
        var monotonic: Int64 = 1
        for batch in 0..<batches {
            if batch == 0 || Int.random(in: 0..<6, using: &random) == 0 {
                for writer in writers { try writer.begin(session(at: clock.offset), clock: clock) }
            } else if Int.random(in: 0..<5, using: &random) == 0 {
                // Wall time may go back; monotonic time does not.
                clock.offset += .random(in: -20_000_000_000...20_000_000_000, using: &random)
                for writer in writers { try writer.setClock(clock) }
            }
            for draft in messages.drafts(Int.random(in: 1...40, using: &random)) {
                var message = draft.message
                monotonic += .random(in: 0...1_000_000_000, using: &random)
                message.monotonic = monotonic
                message.duplicateOf = draft.distance.map { _ in 1 }
                for writer in writers { writer.append(message) }
            }
            for writer in writers { try writer.commit() }
            if Int.random(in: 0..<3, using: &random) == 0 {
                let sealer = try TapeSealer(path: sealed, besideWriter: true)
                _ = try sealer.sealNext(.all)
                if Int.random(in: 0..<4, using: &random) == 0 { _ = try sealer.mergeNext(.all) }
            }
        }
        for writer in writers { try writer.end(at: Timestamp(nanoseconds: clock.offset + monotonic), reason: "signal") }
        if sealsAll {
            let sealer = try TapeSealer(path: sealed, besideWriter: true)
            while try sealer.sealNext(.all) != nil {}
            sealer.checkpoint()
        }
    }

    private static func session(at time: Int64) -> Session {
        Session(
            source: "record", broker: "mqtt://test:1883", clientID: "test", recorder: "tests",
            startedAt: Timestamp(nanoseconds: time))
    }
}
