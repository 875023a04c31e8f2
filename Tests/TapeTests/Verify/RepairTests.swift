import DeviceProtocol
import Foundation
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct RepairTests {
    private func repair(
        _ path: String, to output: String
    ) throws -> (report: TapeRepairer.Report?, losses: [TapeRepairer.Loss]) {
        var losses: [TapeRepairer.Loss] = []
        var repairer = try TapeRepairer(path: path, to: output) { losses.append($0) }
        return (try repairer.write(), losses)
    }

    private func faults(_ path: String) throws -> [TapeFault] {
        var faults: [TapeFault] = []
        _ = try TapeVerifier(path: path).verify { faults.append($0) }
        return faults
    }

    @Test func `a sound tape comes out the same`() throws {
        let tape = try MixedTape()
        let output = tape.folder.path("saved.tape")
        let (report, losses) = try repair(tape.path, to: output)
        #expect(losses.isEmpty && report?.isComplete == true)
        let copy = try TapeReader(path: output)
        #expect(try copy.allMessages() == tape.messages)
        #expect(try copy.gaps().map(\.cause) == TapeReader(path: tape.path).gaps().map(\.cause))
        #expect(try copy.sessions().map(\.messages) == TapeReader(path: tape.path).sessions().map(\.messages))
        #expect(try faults(output).isEmpty)
    }

    @Test func `a broken batch costs its messages, and the ledger says which`() throws {
        let tape = try MixedTape()
        try tape.change("UPDATE journal SET body = zeroblob(9) WHERE first_seq = 451")
        let output = tape.folder.path("saved.tape")
        let (report, losses) = try repair(tape.path, to: output)
        #expect(report?.lostMessages == 50 && losses.count == 1)
        #expect(losses.first?.firstSequence == 451 && losses.first?.lastSequence == 500)
        #expect(losses.first?.from == tape.messages[450].arrival && losses.first?.until == tape.messages[499].arrival)
        let copy = try TapeReader(path: output)
        let messages = try copy.allMessages()
        #expect(messages.map(\.essence) == (tape.messages[..<450] + tape.messages[500...]).map(\.essence))
        #expect(messages.map(\.sequence) == Array(1...550))
        let gap = try #require(try copy.gaps().first { $0.cause == "damaged" })
        #expect(gap.missing == 50 && gap.session == 3)
        #expect(gap.detail?.hasPrefix("seq 451 to 500 of the damaged tape: ") == true)
        #expect(try faults(output).isEmpty)
    }

    @Test func `of rows with the same numbers the first is kept, and the other is told of`() throws {
        let tape = try MixedTape()
        try tape.change(
            """
            INSERT INTO journal SELECT 101, count, session, clock, first_arrival, last_arrival, size, body
            FROM journal WHERE first_seq = 451
            """)
        let output = tape.folder.path("saved.tape")
        let (report, losses) = try repair(tape.path, to: output)
        #expect(losses.isEmpty && report?.isComplete == false)
        #expect(report?.lostFacts.contains { $0.contains("seq 101, whose numbers other messages have") } == true)
        #expect(try TapeReader(path: output).allMessages().map(\.essence) == tape.messages.map(\.essence))
    }

    @Test func `what is missing without a trace is entered too`() throws {
        let tape = try MixedTape()
        try tape.change("DELETE FROM segment WHERE first_seq = 201")
        let output = tape.folder.path("saved.tape")
        let (report, losses) = try repair(tape.path, to: output)
        #expect(report?.lostMessages == 200 && losses.first?.reason == "they are missing")
        #expect(losses.first?.from == tape.messages[199].arrival && losses.first?.until == tape.messages[400].arrival)
        #expect(try TapeReader(path: output).allMessages().count == 400)
    }

    @Test func `a broken column costs the messages of its shape, not the segment`() throws {
        let tape = try MixedTape()
        let size = try Connection(path: tape.path, mode: .readOnly).integer(
            "SELECT length(body) FROM segment WHERE first_seq = 1")
        var saved: Set<Int> = []
        for place in stride(from: Int64(1), to: try #require(size), by: 97) {
            let connection = try Connection(path: tape.path, mode: .readWrite)
            var row = try connection.prepare("SELECT body FROM segment WHERE first_seq = 1")
            _ = try row.step()
            let body = row.blob(0)
            row.reset()
            var broken = body
            broken[Int(place)] ^= 0x55
            var update = try connection.prepare("UPDATE segment SET body = ? WHERE first_seq = 1")
            try update.bind(1, broken)
            try update.run()
            let output = tape.folder.path("saved\(place).tape")
            let (report, losses) = try repair(tape.path, to: output)
            let messages = try TapeReader(path: output).allMessages()
            #expect(messages.count + Int(report?.lostMessages ?? 0) == 600)
            #expect(losses.allSatisfy { $0.lastSequence == 200 })
            // Whatever comes back is as it was, but for packet identifiers in a broken column of theirs.
            let known = Set(tape.messages.map { Self.withoutPacketID($0) })
            #expect(messages.allSatisfy { known.contains(Self.withoutPacketID($0)) })
            #expect(try faults(output).isEmpty)
            saved.insert(messages.count)
            try update.bind(1, body)
            try update.run()
        }
        #expect(saved.contains { $0 > 400 && $0 < 600 }, "\(saved)")
    }

    private static func withoutPacketID(_ message: RecordedMessage) -> RecordedMessage {
        var message = message.essence
        message.packetID = nil
        return message
    }

    @Test func `a wiped page never stops a repair, and nothing comes back that was not there`() throws {
        let tape = try MixedTape(batches: 60)
        try tape.change("PRAGMA user_version")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: tape.path))
        let known = Set(tape.messages.map { Self.withoutPacketID($0) })
        let payloads = Set(tape.messages.map(\.payload))
        let pages = bytes.count / 4_096
        #expect(pages > 20)
        var wholly = 0
        for page in 1..<pages {
            for filler in [UInt8(0), 0xff] {
                let broken = tape.folder.path("broken.tape")
                let output = tape.folder.path("saved.tape")
                for name in [broken, broken + "-wal", broken + "-shm", output] { unlink(name) }
                var copy = bytes
                copy.replaceSubrange(page * 4_096..<(page + 1) * 4_096, with: repeatElement(filler, count: 4_096))
                try copy.write(to: URL(fileURLWithPath: broken))
                let found: [TapeFault]
                let result: (report: TapeRepairer.Report?, losses: [TapeRepairer.Loss])
                do {
                    found = try faults(broken)
                    result = try repair(broken, to: output)
                } catch is TapeError {
                    // The page that says where the tables are: nothing can be read at all.
                    wholly += 1
                    continue
                }
                guard let report = result.report, report.copy.messages > 0 else { continue }
                let messages = try TapeReader(path: output).allMessages()
                // Without its clocks a tape still has wall times.
                if report.lostFacts.isEmpty {
                    #expect(messages.allSatisfy { known.contains(Self.withoutPacketID($0)) }, "page \(page)")
                }
                #expect(messages.allSatisfy { payloads.contains($0.payload) }, "page \(page)")
                if messages.count < tape.messages.count {
                    #expect(!found.isEmpty && report.losses > 0, "page \(page)")
                    if result.losses.allSatisfy({ $0.messages != nil }) {
                        #expect(messages.count + Int(report.lostMessages) == tape.messages.count, "page \(page)")
                    }
                }
                #expect(try faults(output).isEmpty, "page \(page)")
            }
        }
        #expect(wholly <= pages / 4)
    }

    @Test func `without its list of tables a tape is told to be damaged, in a sentence`() throws {
        let tape = try MixedTape(batches: 3)
        try tape.change("DROP TABLE journal")
        do {
            _ = try TapeVerifier(path: tape.path)
            Issue.record("it was opened")
        } catch {
            #expect(error.description.contains("is damaged in its list of tables"), "\(error)")
            #expect(error.description.contains("SELECT") == false)
        }
    }

    @Test func `a file cut short is saved up to there`() throws {
        let tape = try MixedTape(batches: 60)
        try tape.change("PRAGMA user_version")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: tape.path))
        let broken = tape.folder.path("cut.tape")
        try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: broken))
        #expect(try !faults(broken).isEmpty)
        let output = tape.folder.path("saved.tape")
        let (report, losses) = try repair(broken, to: output)
        let count = try TapeReader(path: output).allMessages().count
        #expect(count > 0 && count < tape.messages.count && !losses.isEmpty)
        #expect(report?.isComplete == false)
        #expect(count + Int(report?.lostMessages ?? 0) == tape.messages.count && report?.unknownLosses == 0)
    }

    @Test func `of a lost end it is said how much it was, as far as anything tells`() throws {
        let tape = try MixedTape()
        try tape.change("DELETE FROM journal WHERE first_seq > 451")
        let (report, losses) = try repair(tape.path, to: tape.folder.path("saved.tape"))
        #expect(report?.lostMessages == 100 && losses.map(\.firstSequence) == [501] && losses[0].lastSequence == 600)
        try tape.change("DROP TABLE session")
        let (other, _) = try repair(tape.path, to: tape.folder.path("again.tape"))
        #expect(other?.lostMessages == 100 && other?.lostFacts.first?.hasPrefix("sessions: ") == true)
    }

    @Test func `the new tape must not be there, and a stopped repair leaves nothing`() throws {
        let tape = try MixedTape()
        #expect(throws: TapeError.self) { try repair(tape.path, to: tape.path) }
        let output = tape.folder.path("saved.tape")
        do {
            var repairer = try TapeRepairer(path: tape.path, to: output) { _ in }
            #expect(try repairer.write(host: CopyHost(isStopping: { true })) == nil)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: String(output.dropLast("/saved.tape".count)))
        #expect(left.allSatisfy { $0.hasPrefix("mixed.tape") }, "\(left)")
    }
}
