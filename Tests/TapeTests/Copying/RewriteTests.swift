import DeviceProtocol
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct RewriteTests {
    /// The rows of a table as one text.
    private func rows(_ table: String, _ path: String) throws -> [String] {
        let connection = try TapeFile.openForReading(path)
        var columns: [String] = []
        var names = try connection.prepare("SELECT name FROM pragma_table_info('\(table)')")
        while try names.step() { columns.append("quote(\"\(names.text(0))\")") }
        var rows = try connection.prepare("SELECT \(columns.joined(separator: "||','||")) FROM \(table) ORDER BY 1")
        var texts: [String] = []
        while try rows.step() { texts.append(rows.text(0)) }
        return texts
    }

    /// Seals a tape and deletes its first segment.
    private func deleteOldest(_ path: String) throws {
        let sealer = try TapeSealer(path: path)
        while try sealer.sealNext(.all) != nil {}
        var retention = Retention()
        retention.age = 1_000
        _ = try sealer.deleteNext(retention, now: Timestamp(nanoseconds: .max))
        sealer.checkpoint()
    }

    @Test func `without a change everything is as it was, catalogue and identifier too`() throws {
        let tape = try MixedTape()
        let output = tape.folder.path("copy.tape")
        let reader = try TapeReader(path: tape.path)
        let report = try TapeRewriter(reader).write(to: output, options: { $0 }, change: { _ in })
        #expect(report?.messages == Int64(tape.messages.count) && report?.damages.isEmpty == true)
        let copy = try TapeReader(path: output)
        #expect(try copy.allMessages() == (try reader.allMessages()))
        for table in ["tape", "session", "clock", "gap", "activity"] {
            #expect(try rows(table, output) == (try rows(table, tape.path)), "\(table)")
        }
        var faults: [TapeFault] = []
        _ = try TapeVerifier(path: output).verify { faults.append($0) }
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test func `numbers stay where the beginning was deleted, and sums follow what is changed`() throws {
        let tape = try MixedTape()
        try deleteOldest(tape.path)
        let reader = try TapeReader(path: tape.path)
        let before = try reader.allMessages()
        #expect((before.first?.sequence ?? 0) > 1)
        let output = tape.folder.path("copy.tape")
        _ = try TapeRewriter(reader).write(
            to: output, options: { _ in #"{"redaction":true}"# },
            change: { message in
                message.payload = Array("redacted".utf8)
                message.redactions += 2
                message.sequence = 77
            })
        let copy = try TapeReader(path: output)
        let after = try copy.allMessages()
        #expect(after.map(\.sequence) == before.map(\.sequence))
        #expect(after.map(\.duplicateOf) == before.map(\.duplicateOf))
        #expect(after.map(\.arrival) == before.map(\.arrival) && after.map(\.monotonic) == before.map(\.monotonic))
        #expect(after.allSatisfy { $0.payload == Array("redacted".utf8) })
        let (old, new) = (try reader.sessions(), try copy.sessions())
        for (index, session) in new.enumerated() {
            let added = after.count { $0.session == session.id } * 2
            #expect(session.redactions == old[index].redactions + Int64(added))
            #expect(session.options == #"{"redaction":true}"#)
        }
        var faults: [TapeFault] = []
        _ = try TapeVerifier(path: output).verify { faults.append($0) }
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test func `what is there is not replaced, and a short tape is done before it can be stopped`() throws {
        let tape = try MixedTape()
        let rewriter = TapeRewriter(try TapeReader(path: tape.path))
        #expect(throws: TapeError.self) { try rewriter.write(to: tape.path, options: { $0 }, change: { _ in }) }
        let output = tape.folder.path("copy.tape")
        let report = try rewriter.write(
            to: output, host: CopyHost(isStopping: { true }), options: { $0 },
            change: { $0.payload = Array(repeating: 1, count: 9) })
        // Fewer messages than are written between two questions are there before the first one.
        #expect(report?.messages == Int64(tape.messages.count))
    }
}
