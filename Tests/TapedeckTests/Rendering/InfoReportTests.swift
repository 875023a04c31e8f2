import Foundation
import Query
import TapeTestSupport
import Terminal
import Testing

@testable import Tapedeck

@Suite struct InfoReportTests {
    private static func report(_ tape: TestTape, _ glyphs: Glyphs) throws -> String {
        let collector = Collector()
        let output = collector.output
        var screen = Screen.test(.table, width: 100)
        screen.glyphs = glyphs
        try InfoReport(info: try TapeInfo(try tape.reader()), screen: screen, zone: .gmt, output: output).write()
        try output.flush()
        return collector.text
    }

    @Test func `counts of devices say that they go by topic`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/get", "")
        #expect(try Self.report(tape, .unicode).contains("messages  1 of 1 device (by topic)\n"))
        for number in 0..<6 { tape.add("v1/device/\(number)/get", "", at: 1) }
        let text = try Self.report(tape, .unicode)
        #expect(text.contains("messages  7 of 7 devices (by topic)\n"))
        #expect(text.contains("\nDevices by topic (the busiest 5 of 7 devices)\n"))
    }

    @Test func `a terminal without UTF-8 gets ASCII only`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/get", "x", at: 1)
        tape.add("v1/device/A/get", "x", at: 1.000_5)
        try tape.end(at: 2)
        #expect(try Self.report(tape, .unicode).contains("500 µs"))
        let text = try Self.report(tape, .ascii)
        #expect(text.contains(" - 2026-11-22 14:00:01.000 UTC (500 us)\n"))
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
    }
}
