import DeviceProtocol
import MQTTWire
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct SealedTapeTests {
    private func parts(_ path: String) throws -> (batches: Int64, segments: Int64) {
        let connection = try Connection(path: path, mode: .readOnly)
        return (
            try connection.integer("SELECT count(*) FROM journal") ?? 0,
            try connection.integer("SELECT count(*) FROM segment") ?? 0
        )
    }

    private func read(_ path: String, _ selection: Selection = Selection(), after: Int64 = 0) throws
        -> [RecordedMessage]
    {
        let cursor = try TapeReader(path: path).messages(selection, after: after)
        var messages: [RecordedMessage] = []
        while let message = try cursor.next() { messages.append(message) }
        #expect(cursor.damages.isEmpty)
        return messages
    }

    @Test(arguments: 0..<6) func `any selection of a sealed tape is that of the tape as it was recorded`(
        seed: UInt64
    ) throws {
        let tape = try SealedTape(seed: seed, batches: 20, sealsAll: seed % 2 == 0)
        let all = try read(tape.plain)
        #expect(try read(tape.sealed) == all)
        #expect(all.map(\.sequence) == Array(1...Int64(all.count)))
        let parts = try parts(tape.sealed)
        #expect(parts.segments > 0)
        #expect(parts.batches == 0 || seed % 2 == 1)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let selection = try selection(all, using: &random)
            let after = Bool.random(using: &random) ? 0 : Int64.random(in: -1...Int64(all.count), using: &random)
            let expected = all.filter { $0.sequence > after && selection.matches($0) }
            #expect(try read(tape.plain, selection, after: after) == expected)
            #expect(try read(tape.sealed, selection, after: after) == expected)
        }
    }

    private func selection(_ all: [RecordedMessage], using random: inout SeededGenerator) throws -> Selection {
        var selection = Selection()
        func chance() -> Bool { Int.random(in: 0..<3, using: &random) == 0 }
        if chance() { selection.since = all.randomElement(using: &random)?.arrival }
        if chance() { selection.until = all.randomElement(using: &random)?.arrival }
        if chance() { selection.sessions = [.random(in: 1...4, using: &random), .random(in: 1...4, using: &random)] }
        if chance() { selection.devices = [["a", "b", "c", "d"].randomElement(using: &random) ?? "a"] }
        if chance() {
            selection.kinds = [MessageKind.allCases.randomElement(using: &random) ?? .telemetry, .telemetry]
        }
        if chance() {
            selection.topics = [
                try TopicFilter(["v1/device/+/telemetry", "#", "x"].randomElement(using: &random) ?? "#")
            ]
        }
        if chance() {
            selection.excluded = [
                try TopicFilter(["v1/device/a/#", "+", "nothing"].randomElement(using: &random) ?? "+")
            ]
        }
        selection.includesDuplicates = !chance()
        return selection
    }

    @Test(arguments: 0..<3) func `what is answered without reading messages does not change by sealing`(seed: UInt64)
        throws
    {
        let tape = try SealedTape(seed: 100 + seed, batches: 12, sealsAll: true)
        let (plain, sealed) = (try TapeReader(path: tape.plain), try TapeReader(path: tape.sealed))
        var (was, new) = (try plain.summary(), try sealed.summary())
        (was.fileSize, new.fileSize) = (0, 0)
        #expect(was == new)
        #expect(try plain.activity() == sealed.activity())
        #expect(try plain.sessions() == sealed.sessions())
        #expect(try plain.gaps() == sealed.gaps())
        #expect(try plain.clockSteps() == sealed.clockSteps())
    }

    @Test func `the counts of a segment are those of its messages`() throws {
        let tape = try SealedTape(seed: 200, batches: 15, sealsAll: true)
        let all = try read(tape.plain)
        let connection = try Connection(path: tape.sealed, mode: .readOnly)
        var rows = try connection.prepare(
            "SELECT first_seq, count, first_arrival, last_arrival, size, literal, topics FROM segment ORDER BY first_seq"
        )
        var next: Int64 = 1
        while try rows.step() {
            #expect(rows.integer(0) == next)
            next += rows.integer(1)
            let own = all.filter { $0.sequence >= rows.integer(0) && $0.sequence < next }
            #expect(rows.integer(2) == own.map(\.arrival.nanoseconds).min())
            #expect(rows.integer(3) == own.map(\.arrival.nanoseconds).max())
            #expect(rows.integer(4) == own.reduce(0) { $0 + Int64($1.size) })
            #expect(rows.integer(5) == 0)
            let index = try SegmentIndex(topics: rows.blob(6), templates: [])
            #expect(index.topics.reduce(0) { $0 + $1.messages } == rows.integer(1))
            #expect(index.topics.reduce(0) { $0 + $1.bytes } == rows.integer(4))
        }
        #expect(next == Int64(all.count) + 1)
    }

    @Test func `a recording goes on behind what is sealed, with the next number`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        do {
            let writer = try TapeWriter.began(path)
            for number in 1...30 { writer.append(.plain("v1/device/d/telemetry", at: Int64(number))) }
            try writer.end(at: Timestamp(nanoseconds: 100), reason: "signal")
        }
        do { while try TapeSealer(path: path).sealNext(.all) != nil {} }
        let writer = try TapeWriter.began(path)
        #expect(writer.append(.plain("v1/device/d/telemetry", at: 31)) == 31)
        try writer.commit()
        #expect(try read(path).map(\.sequence) == Array(1...31))
        #expect(try read(path, after: 29).map(\.sequence) == [30, 31])
    }

    @Test func `a full segment is sealed once there are enough messages, and not before`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        let writer = try TapeWriter.began(path)
        let sealer = try TapeSealer(path: path, besideWriter: true)
        let half = TapeSealer.segmentMessages / 2
        var messages: [Int64] = []
        for batch in Int64(0)..<3 {
            for number in 1...half { writer.append(.plain("v1/device/d/telemetry", at: batch * half + number)) }
            try writer.commit()
            messages.append(try sealer.sealNext(.full)?.messages ?? 0)
        }
        #expect(messages == [0, 0, 2 * half])
        #expect(try sealer.sealNext(.full) == nil)
        #expect(try sealer.sealNext(.all)?.messages == half)
        #expect(try sealer.sealNext(.all) == nil)
    }

    @Test func `a batch that cannot be read stays, and what lies around it is sealed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        do {
            let writer = try TapeWriter.began(path)
            for batch in 0..<5 {
                for number in 1...10 { writer.append(.plain("v1/device/d/telemetry", at: Int64(batch * 10 + number))) }
                try writer.commit()
            }
        }
        do {
            let connection = try Connection(path: path, mode: .readWrite)
            try connection.execute("UPDATE journal SET body = zeroblob(40) WHERE first_seq = 21")
        }
        let sealer = try TapeSealer(path: path)
        var messages: [Int64] = []
        while let step = try sealer.sealNext(.all) { messages.append(step.messages) }
        #expect(messages == [20, 20])
        #expect(sealer.damages.count == 1 && sealer.damages[0].description.contains("seq 21"))
        let cursor = try TapeReader(path: path).messages()
        var sequences: [Int64] = []
        while let message = try cursor.next() { sequences.append(message.sequence) }
        #expect(sequences == Array(1...20) + Array(31...50))
        #expect(cursor.damages.count == 1)
    }

    @Test func `messages that do not come back stay in the journal, and those around them are sealed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        do {
            let writer = try TapeWriter.began(path)
            writer.append(.plain("v1/device/d/telemetry", at: 1))
            try writer.commit()
        }
        do {
            // The last nanosecond of all has no place in a window that is half open.
            let connection = try Connection(path: path, mode: .readWrite)
            try connection.execute(
                "UPDATE journal SET first_arrival = \(Int64.max), last_arrival = \(Int64.max) WHERE first_seq = 1")
        }
        let sealer = try TapeSealer(path: path)
        #expect(try sealer.sealNext(.all) == nil)
        #expect(sealer.damages.count == 1)
        let parts = try parts(path)
        #expect(parts.batches == 1 && parts.segments == 0)
    }
}
