import DeviceProtocol
import Foundation
import Glibc
import MQTTWire
import SQLite
import Tape
import TestSupport
import Testing

/// `tapedeck seal` and a kill at any moment.
@Suite struct SealTests {
    private static let count = 160

    /// A tape whose journal holds many batches, so that sealing takes several transactions.
    private func recorded(_ workspace: Workspace) throws -> String {
        let tape = workspace.path("whole.tape")
        let writer = try TapeWriter(path: tape)
        let start: Int64 = 1_795_356_000_000_000_000
        let session = Session(
            source: "record", broker: "mqtt://test:1883", clientID: "test", recorder: "tests",
            startedAt: Timestamp(nanoseconds: start))
        try writer.begin(session, clock: ArrivalClock.Offset(cause: .start, monotonic: 0, offset: start, change: 0))
        // Long messages: a segment is full at 32 MiB of them.
        for number in 1...Self.count {
            writer.append(
                RecordedMessage(
                    sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: Int64(number) * 1_000_003,
                    topic: "v1/device/d\(number % 5)/telemetry",
                    payload: Array("\(number) ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 700_000),
                    qos: .atLeastOnce, packetID: UInt16(truncatingIfNeeded: number)))
            if number % 4 == 0 { try writer.commit() }
        }
        try writer.end(at: Timestamp(nanoseconds: start + 200_000_000_000), reason: "signal")
        return tape
    }

    private func facts(_ path: String) throws -> (integrity: String, batches: Int64, segments: Int64) {
        let connection = try Connection(path: path, mode: .readWrite)
        var row = try connection.prepare("PRAGMA integrity_check")
        _ = try row.step()
        return (
            row.text(0), try connection.integer("SELECT count(*) FROM journal") ?? 0,
            try connection.integer("SELECT count(*) FROM segment") ?? 0
        )
    }

    /// How often each number occurs in journal and segments together.
    private func places(_ path: String, count: Int) throws -> [UInt8] {
        let connection = try Connection(path: path, mode: .readWrite)
        var places = [UInt8](repeating: 0, count: count + 1)
        var rows = try connection.prepare(
            "SELECT first_seq, count FROM journal UNION ALL SELECT first_seq, count FROM segment")
        while try rows.step() {
            for number in rows.integer(0)..<rows.integer(0) + rows.integer(1) { places[Int(number)] += 1 }
        }
        return places
    }

    private func numbers(_ path: String) throws -> [Int64] {
        let cursor = try TapeReader(path: path).messages()
        var numbers: [Int64] = []
        while let message = try cursor.next() { numbers.append(message.sequence) }
        #expect(cursor.damages.isEmpty)
        return numbers
    }

    @Test func `a kill at any moment of sealing leaves each message once, and sealing goes on from there`() throws {
        let workspace = try Workspace()
        let whole = try recorded(workspace)
        let count = Self.count
        var random = SeededGenerator(seed: 51)
        // How long it takes undisturbed, so that the kills spread over all of it.
        let trial = workspace.path("trial.tape")
        try FileManager.default.copyItem(atPath: whole, toPath: trial)
        let start = ContinuousClock.now
        #expect(try Program.run(["seal", trial], in: workspace).status == 0)
        let duration = (ContinuousClock.now - start) / .microseconds(1)
        var halfway = 0
        for round in 0..<8 {
            let tape = workspace.path("\(round).tape")
            try FileManager.default.copyItem(atPath: whole, toPath: tape)
            let child = try Program.start(["seal", tape], in: workspace)
            usleep(UInt32(duration * Double.random(in: 0.05...1, using: &random)))
            child.signal(SIGKILL)
            try child.wait()
            #expect(try places(tape, count: count).dropFirst().allSatisfy { $0 == 1 })
            let after = try facts(tape)
            #expect(after.integrity == "ok")
            if after.batches > 0, after.segments > 0 { halfway += 1 }
            let second = try Program.run(["seal", tape], in: workspace)
            #expect(second.status == 0, "\(second.errors)")
            let end = try facts(tape)
            #expect(end.integrity == "ok" && end.batches == 0 && end.segments > 0)
            #expect(try numbers(tape) == Array(1...Int64(count)))
            try FileManager.default.removeItem(atPath: tape)
        }
        #expect(halfway > 0, "no kill came between two segments")
    }

    /// A tape of many small segments, which sealing merges.
    private func scattered(_ workspace: Workspace) throws -> String {
        let tape = workspace.path("whole.tape")
        let start: Int64 = 1_795_356_000_000_000_000
        let writer = try TapeWriter(path: tape)
        let sealer = try TapeSealer(path: tape, besideWriter: true)
        let session = Session(
            source: "record", broker: nil, clientID: nil, recorder: "tests", startedAt: Timestamp(nanoseconds: start))
        try writer.begin(session, clock: ArrivalClock.Offset(cause: .start, monotonic: 0, offset: start, change: 0))
        for number in 1...Self.count * 100 {
            writer.append(
                RecordedMessage(
                    sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: Int64(number) * 1_000_003,
                    topic: "v1/device/d\(number % 5)/telemetry",
                    payload: Array("{\"status\":\"online\",\"telemetries\":{\"n\":\(number)}}".utf8), qos: .atMostOnce))
            if number % 400 == 0 {
                try writer.commit()
                _ = try sealer.sealNext(.all)
            }
        }
        try writer.end(at: Timestamp(nanoseconds: start + 200_000_000_000), reason: "signal")
        sealer.checkpoint()
        return tape
    }

    @Test func `a kill at any moment of merging leaves each message once`() throws {
        let workspace = try Workspace()
        let whole = try scattered(workspace)
        let count = Self.count * 100
        var random = SeededGenerator(seed: 52)
        let start = ContinuousClock.now
        let trial = workspace.path("trial.tape")
        try FileManager.default.copyItem(atPath: whole, toPath: trial)
        #expect(try Program.run(["seal", trial], in: workspace).status == 0)
        #expect(try facts(trial).segments == 1)
        let duration = (ContinuousClock.now - start) / .microseconds(1)
        for round in 0..<6 {
            let tape = workspace.path("\(round).tape")
            try FileManager.default.copyItem(atPath: whole, toPath: tape)
            let child = try Program.start(["seal", tape], in: workspace)
            usleep(UInt32(duration * Double.random(in: 0.05...1, using: &random)))
            child.signal(SIGKILL)
            try child.wait()
            #expect(try places(tape, count: count).dropFirst().allSatisfy { $0 == 1 })
            #expect(try facts(tape).integrity == "ok")
            #expect(try Program.run(["seal", tape], in: workspace).status == 0)
            #expect(try facts(tape).segments == 1)
            #expect(try numbers(tape) == Array(1...Int64(count)))
        }
    }

    @Test func `a kill at any moment of bringing an old tape to the new format leaves a tape that still can be`() throws
    {
        let workspace = try Workspace()
        let old = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TapeTests/Fixtures/v1.tape").path
        for round in 0..<12 {
            let tape = workspace.path("\(round).tape")
            try FileManager.default.copyItem(atPath: old, toPath: tape)
            let child = try Program.start(["seal", tape], in: workspace)
            usleep(UInt32(round) * 3_000)
            child.signal(SIGKILL)
            try child.wait()
            #expect(try numbers(tape) == Array(1...20))
            #expect(try Program.run(["seal", tape], in: workspace).status == 0)
            #expect(try facts(tape).segments > 0)
            #expect(try numbers(tape) == Array(1...20))
        }
    }
}
