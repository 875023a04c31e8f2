import DeviceProtocol
import Query
import SQLite
import Tape
import TapeTestSupport
import Testing

@Suite struct DamageTests {
    @Test func `a damaged part is named and all others are read`() throws {
        let tape = try TestTape()
        for second in 1...3 {
            tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":\#(second)}}"#, at: Double(second))
            try tape.commit()
        }
        let connection = try Connection(path: tape.path, mode: .readWrite)
        try connection.execute("UPDATE journal SET body = x'00' WHERE first_seq = 2")
        var stream = try TelemetryStream(try tape.reader(), Selection(), metrics: [])
        var sequences: [Int64] = []
        while let row = try stream.next() { sequences.append(row.sequence) }
        #expect(sequences == [1, 3])
        #expect(stream.scan.damages.count == 1)
        #expect(try DevicesQuery(Selection()).answer(try tape.reader()).damages.count == 1)
        #expect(
            try CommandsQuery(Selection()).answer(try tape.reader(), openUntil: TestTape.time(9)).damages.count == 1)
    }
}
