import ArgumentParser
import DeviceProtocol
import Foundation
import Query
import Tape
import TapeTestSupport
import Testing

@testable import Tapedeck

@Suite struct NothingFoundTests {
    private static func tape() throws -> TestTape {
        let tape = try TestTape()
        tape.add("v1/device/PARENT/telemetry", #"{"device_id":"CHILD","telemetries":{"temperature":1}}"#, at: 1)
        tape.add("v1/device/PARENT/telemetry", #"{"other":{"telemetries":{"a":1}}}"#, at: 2)
        try tape.end(at: 10)
        try tape.beginSession(wall: 100)
        tape.add("v1/device/PARENT/telemetry", #"{"telemetries":{"a":1}}"#, at: 5)
        try tape.commit()
        return tape
    }

    private static func question(_ tape: TestTape, _ change: (inout Selection) -> Void) throws -> TapeQuestion {
        var selection = Selection()
        change(&selection)
        return try TapeQuestion(try tape.reader(), selection, zone: .gmt)
    }

    @Test func `a device that only payloads name is found elsewhere`() throws {
        let tape = try Self.tape()
        let question = try Self.question(tape) { $0.devices = ["CHILD"] }
        #expect(
            try question.reasonsForNothing("messages", isByTopic: true) == [
                "no topic names device `CHILD`; its samples stand under other devices' topics: "
                    + "tapedeck query telemetry \(tape.path) -d CHILD"
            ])
        // Asked for by payload, the device is known, and the metric is what is wrong.
        #expect(
            try question.reasonsForNothing(
                "samples", kinds: [.telemetry], metrics: [Glob("humidity")], otherMetrics: ["temperature"])
                == ["no metric `humidity` in the selected messages"])
    }

    @Test func `a device that nothing names is unknown`() throws {
        let tape = try Self.tape()
        let whole = try Self.question(tape) { $0.devices = ["PARENTS"] }
        #expect(
            try whole.reasonsForNothing("messages", isByTopic: true)
                == ["no device `PARENTS` on this tape; did you mean `PARENT`?"])
        let later = try Self.question(tape) {
            $0.devices = ["CHILD"]
            $0.sessions = [2]
        }
        #expect(try later.reasonsForNothing("messages", isByTopic: true) == ["no device `CHILD` in session 2"])
    }

    @Test func `a command for the shell quotes what the shell would take apart`() throws {
        let tape = try TestTape()
        tape.add("v1/device/P/telemetry", #"{"device_id":"it's $1","telemetries":{"a":1}}"#)
        let reasons = try Self.question(tape) { $0.devices = ["it's $1"] }
            .reasonsForNothing("messages", isByTopic: true)
        #expect(reasons.first?.hasSuffix(#" -d 'it'\''s $1'"#) == true)
    }

    @Test(arguments: ["TEMP*", "TEMPERATURE"]) func `a metric that only differs in case is shown`(pattern: String)
        throws
    {
        let question = try Self.question(try Self.tape()) { _ in }
        #expect(
            try question.reasonsForNothing("samples", metrics: [Glob(pattern)], otherMetrics: ["a", "temperature"])
                == ["no metric `\(pattern)` on this tape; letter case counts: there is `temperature`"])
    }

    @Test func `several such metrics are listed`() throws {
        let question = try Self.question(try Self.tape()) { $0.sessions = [1] }
        #expect(
            try question.reasonsForNothing("samples", metrics: [Glob("TEMP*")], otherMetrics: ["temp1", "Temp2"])
                == ["no metric `TEMP*` in session 1; letter case counts: there are `Temp2`, `temp1`"])
    }

    @Test func `the session is named where one was asked for`() throws {
        let question = try Self.question(try Self.tape()) { $0.sessions = [2] }
        #expect(try question.reasonsForNothing("messages") == ["no messages in session 2 match"])
        let late = try Self.question(try Self.tape()) {
            $0.sessions = [1]
            $0.since = TestTape.time(60)
        }
        #expect(
            try late.reasonsForNothing("messages")
                == ["no messages: the window begins after session 1 ends (2026-11-22 14:00:10.000 UTC)"])
    }

    @Test func `a number of lost messages agrees with its noun`() throws {
        var gap = Gap(session: 1, cause: .disconnected, beganAt: TestTape.time(0), endedAt: TestTape.time(1))
        gap.missing = 1
        #expect(TapeQuestion.describe(gap, .gmt).hasSuffix("(1 message)"))
        gap.missing = 1200
        #expect(TapeQuestion.describe(gap, .gmt).hasSuffix("(1,200 messages)"))
    }

    @Test func `an empty device id is refused`() throws {
        let error = #expect(throws: (any Error).self) { _ = try SelectionFlags.parse(["-d", ""]) }
        #expect(error.map { SelectionFlags.message(for: $0) }?.contains("an empty text is none") == true)
    }

    @Test func `a negative number of rows is refused with a reason`() throws {
        let error = #expect(throws: (any Error).self) { _ = try OutputFlags.parse(["-n", "-1"]) }
        let text = error.map { OutputFlags.message(for: $0) } ?? ""
        #expect(text == "--limit -1: a number of rows cannot be negative; 0 gives all.")
        #expect(try OutputFlags.parse(["-n", "3"]).limit == 3)
    }
}
