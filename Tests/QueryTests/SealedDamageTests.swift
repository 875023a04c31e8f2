import DeviceProtocol
import Query
import SQLite
import Tape
import TapeTestSupport
import Testing

@Suite struct SealedDamageTests {
    /// Three segments; where the second is damaged.
    enum Damage: String, CaseIterable {
        case directory = "UPDATE segment SET directory = zeroblob(9) WHERE first_seq = 5"
        case body = "UPDATE segment SET body = zeroblob(length(body)) WHERE first_seq = 5"
        case index = "UPDATE segment SET topics = x'ff' WHERE first_seq = 5"
    }

    /// Four messages a segment: a configuration, telemetry of two devices, what becomes of a command.
    private func tape(_ damage: Damage) throws -> TestTape {
        let tape = try TestTape()
        for part in 0..<3 {
            let second = Double(part * 10)
            tape.add("v1/device/A/config", #"{"id":\#(part + 1),"interval":\#(part)}"#, at: second)
            tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":\#(part)}}"#, at: second + 1)
            tape.add("v1/device/B/telemetry", #"{"telemetries":{"a":\#(part),"b":true}}"#, at: second + 2)
            tape.add("v1/device/B/commands/update", #"{"id":\#(part + 1),"status":"success"}"#, at: second + 3)
            try tape.seal()
        }
        let connection = try Connection(path: tape.path, mode: .readWrite)
        #expect(try connection.integer("SELECT count(*) FROM segment") == 3)
        try connection.execute(damage.rawValue)
        return tape
    }

    @Test(arguments: Damage.allCases)
    func `samples of the other segments are answered and the damage is named`(damage: Damage) throws {
        let tape = try tape(damage)
        var stream = try TelemetryStream(try tape.reader(), Selection(), metrics: [])
        var sequences: Set<Int64> = []
        while let row = try stream.next() { sequences.insert(row.sequence) }
        #expect(sequences == [2, 3, 10, 11])
        #expect(stream.scan.damages.count == 1)
        #expect("\(stream.scan.damages)".contains("seq 5"))
    }

    @Test(arguments: Damage.allCases)
    func `every question says what could not be read`(damage: Damage) throws {
        let tape = try tape(damage)
        let reader = try tape.reader()
        let all = Selection()
        let end = TestTape.time(99)
        let grid = BucketGrid(every: 1_000_000_000)
        let damages = [
            "trend": try TrendQuery(all, metrics: [Glob("a")], grid: grid).answer(reader).damages,
            "devices": try DevicesQuery(all).answer(reader).damages,
            "findings": try FindingsQuery(all).answer(reader).damages,
            "configs": try ConfigsQuery(all).answer(reader, waitingUntil: end).damages,
            "firmware": try FirmwareQuery(all).answer(reader, behindUntil: end).damages,
            "gaps": try GapsQuery(all).answer(reader, lastingUntil: end).damages,
        ]
        for (question, found) in damages {
            #expect(found.count == 1 && "\(found)".contains("seq 5"), "\(question): \(found)")
        }
    }

    /// A group of one message may stand in the directory alone, so that a damaged body does not reach it.
    @Test(arguments: Damage.allCases)
    func `a command is answered or its loss is named`(damage: Damage) throws {
        let tape = try tape(damage)
        let answer = try CommandsQuery(Selection()).answer(try tape.reader(), openUntil: TestTape.time(99))
        #expect(answer.rows.count + answer.damages.count == 3)
        #expect(answer.rows.count >= 2)
    }
}
