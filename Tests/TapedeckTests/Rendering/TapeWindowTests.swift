import DeviceProtocol
import Foundation
import Tape
import TapeTestSupport
import Terminal
import Testing

@testable import Tapedeck

@Suite struct TapeWindowTests {
    /// Two sessions: seconds 0 to 10 with a message at 1 and at 9, seconds 100 to 110 with one at 105.
    private static func tape() throws -> TestTape {
        let tape = try TestTape()
        tape.add("t", "", at: 1)
        tape.add("t", "", at: 9)
        try tape.end(at: 10)
        try tape.beginSession(wall: 100)
        tape.add("t", "", at: 5)
        try tape.end(at: 110)
        return tape
    }

    private static func text(_ glyphs: Glyphs = .unicode, _ change: (inout Selection) -> Void) throws -> String {
        var selection = Selection()
        change(&selection)
        let tape = try tape()
        return try TapeQuestion(try tape.reader(), selection, zone: .gmt).window.text(glyphs)
    }

    @Test func `the whole tape goes from its first to its last message`() throws {
        #expect(
            try Self.text { _ in }
                == "2026-11-22 14:00:01.000 – 2026-11-22 14:01:45.000 UTC, arrival time (the whole tape)")
    }

    @Test func `a session is named and gives its bounds`() throws {
        #expect(
            try Self.text { $0.sessions = [2] }
                == "2026-11-22 14:01:40.000 – 2026-11-22 14:01:50.000 UTC, arrival time (session 2 of 2)")
        #expect(
            try Self.text {
                $0.sessions = [1, 2]
                $0.since = TestTape.time(5)
            } == "2026-11-22 14:00:05.000 – 2026-11-22 14:01:50.000 UTC, arrival time (sessions 1 and 2 of 2)")
    }

    @Test func `a window that misses the tape says so`() throws {
        #expect(
            try Self.text { $0.since = TestTape.time(3600) }
                == "from 2026-11-22 15:00:00.000 UTC, arrival time: it begins after the tape ends "
                + "(2026-11-22 14:01:45.000 UTC)")
        #expect(
            try Self.text {
                $0.sessions = [2]
                $0.until = TestTape.time(60)
            } == "until 2026-11-22 14:01:00.000 UTC, arrival time: it ends before session 2 begins "
                + "(2026-11-22 14:01:40.000 UTC)")
    }

    @Test func `a terminal without UTF-8 gets ASCII`() throws {
        #expect(try Self.text(.ascii) { $0.sessions = [1] }.utf8.allSatisfy { $0 < 0x80 })
    }
}
