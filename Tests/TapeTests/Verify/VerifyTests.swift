import DeviceProtocol
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct VerifyTests {
    @Test func `a sound tape has no faults, sealed or not`() throws {
        let tape = try MixedTape()
        let (report, faults) = try tape.verify()
        #expect(faults.isEmpty, "\(faults)")
        let found = try #require(report)
        #expect(found.faults == 0)
        #expect(found.messages == Int64(tape.messages.count))
        #expect(found.bytes == tape.messages.reduce(0) { $0 + Int64($1.size) })
        #expect(found.lines.first { $0.check == .journal }?.examined == 4)
        #expect(found.lines.first { $0.check == .segments }?.examined == 2)
        #expect(found.lines.first { $0.check == .numbering }?.examined == 600)
    }

    @Test func `a tape without messages is sound`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        try TapeWriter.began(path).end(at: Timestamp(nanoseconds: TapeWriter.testOffset), reason: "signal")
        var faults: [TapeFault] = []
        let report = try TapeVerifier(path: path).verify { faults.append($0) }
        #expect(faults.isEmpty && report?.messages == 0)
    }

    @Test(
        arguments: [
            ("UPDATE segment SET count = count - 1 WHERE first_seq = 201", TapeCheck.segments, "count is"),
            ("UPDATE segment SET first_arrival = first_arrival + 1", .segments, "first_arrival"),
            ("UPDATE segment SET last_arrival = last_arrival - 1", .segments, "last_arrival"),
            ("UPDATE segment SET first_clock = first_clock + 1", .segments, "first_clock"),
            ("UPDATE segment SET last_clock = last_clock + 1", .segments, "last_clock"),
            ("UPDATE segment SET size = size + 1", .segments, "size"),
            ("UPDATE segment SET literal = -1", .segments, "literal"),
            ("UPDATE segment SET templates = x'01'", .segments, "templates"),
            ("UPDATE segment SET topics = (SELECT topics FROM segment WHERE first_seq = 1)", .segments, "topics"),
            ("UPDATE segment SET topics = x''", .segments, "cannot be read"),
            ("UPDATE segment SET directory_size = directory_size + 1", .segments, "cannot be read"),
            ("UPDATE segment SET body = substr(body, 1, length(body) - 1)", .segments, "cannot be read"),
            ("DELETE FROM topic WHERE id = 1", .segments, "topic 1 is not on the tape"),
            ("DELETE FROM template", .segments, "template"),
            ("UPDATE template SET body = x'ff' WHERE id = 1", .dictionary, "template 1 makes no sense"),
            ("UPDATE topic SET name = CAST(x'ff' AS TEXT) WHERE id = 1", .dictionary, "topic 1 is not UTF-8"),
            ("UPDATE journal SET body = zeroblob(9) WHERE first_seq = 451", .journal, "cannot be read"),
            ("UPDATE journal SET count = count + 1 WHERE first_seq = 551", .journal, "cannot be read"),
            ("UPDATE journal SET last_arrival = last_arrival + 1", .journal, "the times of its row"),
            ("UPDATE journal SET session = 1", .journal, "belongs to session 1"),
            ("UPDATE journal SET clock = 99", .journal, "clock 99"),
            ("DELETE FROM journal WHERE first_seq = 451", .numbering, "50 messages are missing"),
            ("UPDATE journal SET first_seq = 452 WHERE first_seq = 451", .numbering, "1 message is missing"),
            ("DELETE FROM segment WHERE first_seq = 1", .numbering, "200 messages are missing"),
            ("UPDATE session SET messages = messages + 1 WHERE id = 1", .catalogue, "session 1 has 200 messages"),
            ("UPDATE session SET bytes = bytes - 1 WHERE id = 2", .catalogue, "session 2 has"),
            ("UPDATE activity SET messages = messages + 1", .catalogue, "the activity of"),
            ("UPDATE activity SET last_seen = last_seen - 1", .catalogue, "the activity of"),
            ("DELETE FROM activity WHERE device = '1'", .catalogue, "is missing"),
            ("INSERT INTO activity VALUES ('z', 'config', 1, 1, 1, 1)", .catalogue, "the activity of z"),
            ("UPDATE clock SET session = 99 WHERE id = 1", .catalogue, "clock 1 belongs to session 99"),
            ("UPDATE journal SET count = 1 << 40 WHERE first_seq = 451", .numbering, "holds 1099511627776 messages"),
            ("UPDATE topic SET id = -1 WHERE id = 1", .dictionary, "has a number that nothing can refer to"),
        ])
    func `what is wrong is found and named`(sql: String, check: TapeCheck, words: String) throws {
        let tape = try MixedTape()
        try tape.change(sql)
        let (_, faults) = try tape.verify()
        #expect(faults.contains { $0.check == check && $0.text.contains(words) }, "\(sql): \(faults)")
    }

    @Test(arguments: [0, 1, 7])
    func `a redelivery of a message that is not before it is a fault`(ahead: Int64) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        let writer = try TapeWriter.began(path)
        writer.append(.plain("v1/device/a/telemetry", at: 1))
        var message = RecordedMessage.plain("v1/device/a/telemetry", at: 2)
        message.duplicateOf = 2 + ahead
        writer.append(message)
        try writer.end(at: Timestamp(nanoseconds: TapeWriter.testOffset + 9), reason: "signal")
        var faults: [TapeFault] = []
        _ = try TapeVerifier(path: path).verify { faults.append($0) }
        #expect(faults.contains { $0.text.contains("a redelivery of a message that is not before it") }, "\(faults)")
    }

    @Test func `deleted by retention is not missing`() throws {
        let tape = try MixedTape()
        let sealer = try TapeSealer(path: tape.path)
        var retention = Retention()
        retention.size = 1
        #expect(try sealer.deleteNext(retention, now: Timestamp(nanoseconds: .max)) == 200)
        let (report, faults) = try tape.verify()
        #expect(faults.isEmpty, "\(faults)")
        #expect(report?.messages == 400)
    }

    @Test func `a flipped bit in a segment is found wherever it is`() throws {
        let tape = try MixedTape(batches: 3)
        let original: [UInt8]
        do {
            let connection = try Connection(path: tape.path, mode: .readOnly)
            var row = try connection.prepare("SELECT body FROM segment WHERE first_seq = 1")
            _ = try row.step()
            original = row.blob(0)
        }
        var harmless = 0
        for index in stride(from: 0, to: original.count, by: 3) {
            var broken = original
            broken[index] ^= 1 << UInt8(index % 8)
            do {
                let connection = try Connection(path: tape.path, mode: .readWrite)
                var update = try connection.prepare("UPDATE segment SET body = ? WHERE first_seq = 1")
                try update.bind(1, broken)
                try update.run()
            }
            if try tape.verify().faults.isEmpty {
                // A bit of a frame's header that may be anything: then every message must still be there.
                harmless += 1
                #expect(try TapeReader(path: tape.path).allMessages() == tape.messages)
            }
        }
        #expect(harmless * 20 < original.count)
    }
}
