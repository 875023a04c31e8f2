import DeviceProtocol
import Foundation
import MQTTWire
import Tape
import TapeTestSupport
import Terminal
import Testing

@testable import Query
@testable import Tapedeck

@Suite struct ImporterTests {
    /// A place for tapes, which goes away with the test.
    private let place: TestTape
    private let target: String

    init() throws {
        place = try TestTape()
        target = place.path + ".imported"
    }

    private func `import`(
        _ text: String, skipsBroken: Bool = false, onto tape: String? = nil, _ host: Importer.Host = Importer.Host()
    ) throws -> ImportReport {
        var rest = Array(text.utf8)[...]
        let lines = LineReader(limit: 1 << 20, chunk: 4_096) { (buffer) throws(ImportError) in
            let count = min(rest.count, buffer.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        var importer = Importer(
            Importer.Options(file: "in.jsonl", tape: tape ?? target, skipsBroken: skipsBroken, recorder: "test"), host)
        return try importer.run(lines)
    }

    private func export(_ tape: TapeReader) throws -> String {
        let collector = Collector()
        let output = collector.output
        var json = MessageJSON()
        var stream = try MessageStream(tape, Selection())
        while let row = try stream.next() { try json.write(row, to: output) }
        try output.flush()
        return collector.text
    }

    private func export() throws -> String { try export(TapeReader(path: target)) }

    private func line(_ second: Double, _ rest: String = "") -> String {
        #"{"time":"\#(TestTape.time(second).rfc3339)","topic":"t","payload":"\#(second)"\#(rest)}"# + "\n"
    }

    private func seconds() throws -> [Double] {
        let cursor = try TapeReader(path: target).messages()
        var seconds: [Double] = []
        while let message = try cursor.next() {
            seconds.append(Double(message.arrival.nanoseconds - TestTape.start) / 1e9)
        }
        return seconds
    }

    @Test func `a tape comes back line by line: sessions, repeats, bytes, properties`() throws {
        let all: [PublishProperty] = [
            .payloadFormatIndicator(1), .userProperty(name: "a", value: "\"\u{1}é"), .messageExpiryInterval(7),
            .userProperty(name: "a", value: "2"), .responseTopic("r"), .correlationData([0, 255]), .contentType("c"),
            .subscriptionIdentifier(3), .subscriptionIdentifier(1),
        ]
        place.add("v1/device/A/telemetry", #"{"timestamp":"2026-11-22T13:00:00Z","telemetries":{"t":1}}"#)
        place.add(
            "v1/device/A/get", bytes: [0, 0xff, 0xfe], at: 0.000_000_001, properties: all, retain: true, dup: true)
        place.add("other", "", at: 1, redactions: 3)
        place.add("other", "\u{FEFF}\u{2028}\u{7f}\0\"\\", at: 2, dup: true, duplicateOf: 2)
        try place.beginSession(wall: 100)
        place.add("v1/device/B/commands/update", "{\"id\" :1.0}\n", at: 0, properties: [.contentType("")])
        place.add("t", "y", at: 5, duplicateOf: 5)
        let before = try export(place.reader())
        let report = try `import`(before)
        #expect(try export() == before)
        #expect(report.messages == 6 && report.sessions == 1...2 && report.ignored == nil && report.steps == 0)
        let sessions = try TapeReader(path: target).sessions()
        #expect(sessions.map(\.source) == ["import", "import"])
        #expect(sessions.map(\.broker) == [nil, nil])
        #expect(sessions.map(\.startedAt) == [TestTape.time(0), TestTape.time(100)])
        #expect(sessions.map(\.endedAt) == [TestTape.time(2), TestTape.time(105)])
        #expect(sessions.map(\.endReason) == ["complete", "complete"])
        #expect(sessions.map(\.duplicates) == [1, 1])
        #expect(sessions.map(\.redactions) == [3, 0])
        #expect(sessions[0].options == #"{"file":"in.jsonl","session":1,"redaction":false}"#)
    }

    @Test func `numbers are dense and repeats follow them when lines are missing`() throws {
        let text =
            line(0, #","seq":10"#) + line(1, #","seq":12,"duplicate_of":10"#) + line(2, #","seq":13,"duplicate_of":11"#)
            + line(3, #","duplicate_of":10"#)
        let report = try `import`(text)
        let cursor = try TapeReader(path: target).messages()
        var found: [[Int64?]] = []
        while let message = try cursor.next() { found.append([message.sequence, message.duplicateOf]) }
        #expect(found == [[1, nil], [2, 1], [3, nil], [4, nil]])
        #expect(report.lostDuplicates == 2)
        #expect(report.notes.contains { $0.contains("2 redeliveries lost the reference") })
    }

    @Test func `times that go back are kept as they are, in the order of the lines`() throws {
        let order: [Double] = [5, 6, 6, 2, 3, 100_000_000, 0, 0]
        let report = try `import`(order.map { line($0) }.joined())
        #expect(try seconds() == order)
        #expect(report.steps == 2)
        let session = try #require(try TapeReader(path: target).sessions().first)
        #expect(session.startedAt == TestTape.time(0))
        #expect(session.endedAt == TestTape.time(100_000_000))
    }

    @Test func `the oldest and the latest time that are possible lie side by side`() throws {
        let times = ["1970-01-01T00:00:00Z", "2199-12-31T23:59:59.999999999Z", "1970-01-01T00:00:00Z"]
        let report = try `import`(times.map { #"{"time":"\#($0)","topic":"t","payload":""}"# + "\n" }.joined())
        #expect(report.messages == 3)
        #expect(try export().split(separator: "\n").count == 3)
    }

    @Test func `many messages make many batches and none is lost`() throws {
        let count = 10_000
        let text = (0..<count).map { line(Double($0)) }.joined()
        #expect(try `import`(text).messages == Int64(count))
        #expect(try seconds() == (0..<count).map(Double.init))
        #expect(try TapeReader(path: target).summary().messages == Int64(count))
    }

    @Test func `a broken line ends the import, and a tape that it made is gone`() throws {
        let text = (0..<5_000).map { line(Double($0)) }.joined()
        do {
            _ = try `import`(text + "{\"time\":1,}\n" + line(9_999))
            Issue.record("no error")
        } catch ImportError.broken(let place, let remains) {
            let offset = text.utf8.count + 10
            #expect(place.line == 5_001 && place.offset == offset)
            #expect(place.description.hasPrefix("in.jsonl, line 5001, byte \(offset): no valid JSON: "))
            #expect(remains == "nothing was imported")
        }
        for suffix in ["", "-wal", "-shm"] { #expect(!FileManager.default.fileExists(atPath: target + suffix)) }
    }

    @Test func `a broken line leaves what came before it as a session of a tape that was there`() throws {
        _ = try `import`(line(0))
        do {
            _ = try `import`(line(1) + line(2) + "x\n")
            Issue.record("no error")
        } catch ImportError.broken(_, let remains) {
            #expect(remains == "2 messages before it are on \(target) as session 2")
        }
        let sessions = try TapeReader(path: target).sessions()
        #expect(sessions.map(\.endReason) == ["complete", "error"])
        #expect(sessions.map(\.messages) == [1, 2])
        #expect(try seconds() == [0, 1, 2])
    }

    @Test func `broken lines are passed over and told of, blank ones are nothing`() throws {
        var skipped: [BrokenPlace] = []
        var host = Importer.Host()
        host.skipped = { skipped.append($0) }
        let report = try `import`(
            "\n" + line(0) + " \t\r\n" + "[]\n" + line(1) + "{\"time\"", skipsBroken: true, host)
        #expect(report.messages == 2 && report.brokenLines == 2)
        #expect(skipped.map(\.line) == [4, 6])
        #expect(try seconds() == [0, 1])
    }

    @Test func `a line beyond the limit is a broken line`() throws {
        let long = line(1, #","x":""# + String(repeating: "y", count: 2 << 20) + #"""#)
        let report = try `import`(line(0) + long + line(2), skipsBroken: true)
        #expect(report.brokenLines == 1)
        #expect(try seconds() == [0, 2])
    }

    @Test func `no message is an error and makes no tape`() {
        for text in ["", "\n\n", "x\n"] {
            #expect(throws: ImportError.self) { try `import`(text, skipsBroken: true) }
        }
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test func `a stop leaves nothing behind`() throws {
        var host = Importer.Host()
        var questions = 0
        host.isStopping = {
            questions += 1
            return questions > 3_000
        }
        do {
            _ = try `import`((0..<10_000).map { line(Double($0)) }.joined(), host)
            Issue.record("no error")
        } catch ImportError.stopped(let remains) {
            #expect(remains == "nothing was imported")
        }
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test func `what is no tape is not written onto`() throws {
        try Data("just some text".utf8).write(to: URL(fileURLWithPath: target))
        #expect(throws: ImportError.self) { try `import`(line(0)) }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "just some text")
    }

    @Test func `progress has a rate, a share and the time left`() {
        let text = ImportMonitor.text(messages: 1_234_567, share: 0.25, elapsed: 5_000_000_000)
        #expect(text == "1,234,567 messages (246,913/s)  25.0 %  15.0 s left")
        #expect(ImportMonitor.text(messages: 0, share: nil, elapsed: 0) == "0 messages (–)")
        #expect(!ImportMonitor.text(messages: 1, share: 1e-300, elapsed: .max).isEmpty)
    }
}
