import DeviceProtocol
import Foundation
import Plot
import Query
import Tape
import TapeTestSupport
import Terminal
import Testing

@testable import Tapedeck

@Suite struct TimelineOutputTests {
    private static let hostile = "<script>alert('x')</script>\u{1b}[31m\u{202e}&\""

    private static func tape() throws -> TestTape {
        let tape = try TestTape()
        for second in 0..<30 {
            let value =
                second < 20 ? "calm" : Self.hostile.replacing("\"", with: #"\""#).replacing("\u{1b}", with: "\\u001b")
            tape.add(
                "v1/device/A/telemetry",
                #"{"status":"online","telemetries":{"name":"\#(value)","t":\#(second < 25 ? second % 3 : 900)}}"#,
                at: Double(second))
        }
        tape.add("v1/device/A/commands", #"{"id":"</svg>","name":"<b>"}"#, at: 21)
        try tape.add(
            gap: Gap(
                session: 1, cause: .disconnected, beganAt: TestTape.time(26), endedAt: TestTape.time(27),
                detail: "<i>"))
        try tape.end(at: 30)
        return tape
    }

    private static func answer(_ tape: TestTape) throws -> (TimelineAnswer, TapeQuestion) {
        var selection = Selection()
        selection.since = TestTape.time(15)
        selection.until = TestTape.time(30)
        let reader = try tape.reader()
        let answer = try TimelineQuery("A", TestTape.time(15)..<TestTape.time(30)).answer(reader)
        return (answer, try TapeQuestion(reader, selection, zone: .gmt))
    }

    @Test func `a page holds nothing that a browser would run or fetch`() throws {
        let tape = try Self.tape()
        let (answer, question) = try Self.answer(tape)
        let page = TimelinePage(answer, question, around: TestTape.time(20)).html
        #expect(!page.contains("<script") && !page.contains("<b>") && !page.contains("<i>"))
        #expect(!page.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x202e })
        #expect(page.contains("&lt;script&gt;"))
        #expect(
            !page.contains("http:")
                || page.components(separatedBy: "http:").count
                    == page.components(
                        separatedBy: "http://www.w3.org/2000/svg"
                    ).count
        )
        #expect(!page.contains("https:") && !page.contains("src=") && !page.contains("url("))
        #expect(page.components(separatedBy: "<svg").count == page.components(separatedBy: "</svg>").count)
        #expect(page.contains("Missing from the recording"))
    }

    @Test func `a page in text has the ledger on top, then what moved, then the story`() throws {
        let tape = try Self.tape()
        let (answer, _) = try Self.answer(tape)
        let collector = Collector()
        _ = try TimelineText(answer, .test(.table), zone: .gmt, output: collector.output).write(limit: 0)
        let text = collector.text
        let places = ["Missing from the recording", "What moved", "What happened"].map {
            text.range(of: $0)?.lowerBound
        }
        #expect(!places.contains(nil))
        #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
        #expect(!text.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x202e })
    }

    @Test func `sentences are wrapped and never cut`() throws {
        let tape = try Self.tape()
        let (answer, _) = try Self.answer(tape)
        let collector = Collector()
        var screen = Screen.test(.table)
        screen.width = 60
        _ = try TimelineText(answer, screen, zone: .gmt, output: collector.output).write(limit: 0)
        let words = collector.text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        let sentence = try #require(answer.rows.first { $0.event == .moved }).what
        for word in sentence.split(separator: " ") { #expect(words.contains(word)) }
        let widths = collector.text.split(separator: "\n").map(\.count)
        #expect((widths.max() ?? 0) <= 60 || collector.text.contains(Self.hostile.prefix(8)))
    }

    @Test func `rows have the keys of the contract`() throws {
        let tape = try Self.tape()
        let (answer, question) = try Self.answer(tape)
        let collector = Collector()
        var printer = try RowPrinter(
            TimelineEntry.columns, .test(.jsonl), times: question.times(), output: collector.output)
        for row in answer.rows.prefix(1) { try printer.write(row.values) }
        try printer.flush()
        #expect(
            collector.text == """
                {"time":"2026-11-22T14:00:26.000000000Z","until":"2026-11-22T14:00:27.000000000Z","event":"gap",\
                "subject":"disconnected","what":"messages may be missing: not connected to the broker, <i>"}

                """)
    }

    @Test func `bars of commands have their phases and their end`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot"}"#, at: 1)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"in_progress"}"#, at: 2)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 5)
        tape.add("v1/device/A/commands", #"{"id":"2","name":"dump"}"#, at: 6)
        let rows = try CommandsQuery(Selection()).answer(try tape.reader(), openUntil: TestTape.time(9)).rows
        let panel = CommandChart(rows: rows, end: TestTape.time(9), hidesDevice: true).panel()
        let (first, second, fifth) = (TestTape.time(1), TestTape.time(2), TestTape.time(5))
        #expect(
            panel.rows.first?.phases == [
                .init(word: "pending", start: first.nanoseconds, end: second.nanoseconds),
                .init(word: "in_progress", start: second.nanoseconds, end: fifth.nanoseconds),
            ])
        #expect(panel.rows.first?.events == [.init(time: fifth.nanoseconds, word: "done")])
        #expect(panel.rows.last?.phases.first?.end == nil)
        #expect(panel.rows.map(\.label) == ["reboot 1", "dump 2"])
    }
}
