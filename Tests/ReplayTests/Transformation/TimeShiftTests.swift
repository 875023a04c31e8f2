import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Replay

struct TimeShiftTests {
    private let later = Transforming { $0.transformation.timeShift = .by(3_600_000_000_000) }

    @Test(arguments: [
        (
            "telemetry", #"{"timestamp":"2021-08-04T07:00:00.5Z","telemetries":{"timestamp":"2021-08-04T07:00:00Z"}}"#,
            #"{"timestamp":"2021-08-04T08:00:00.5Z","telemetries":{"timestamp":"2021-08-04T07:00:00Z"}}"#
        ),
        (
            "telemetry", #"{"6b1f7c1a-0d3e-4c55-9a3e-2f6f6f0a0001":{"timestamp":1638316800}}"#,
            #"{"6b1f7c1a-0d3e-4c55-9a3e-2f6f6f0a0001":{"timestamp":1638320400}}"#
        ),
        (
            "config", #"{"last_updated":"2021-08-04 07:00:00","config":{"last_updated":"2021-08-04 07:00:00"}}"#,
            #"{"last_updated":"2021-08-04 08:00:00","config":{"last_updated":"2021-08-04 07:00:00"}}"#
        ),
        (
            "license", #"[{"expires_at":"2031-08-04T07:00:00Z"},{"current_time":"2021-08-04T07:00:00+02:00"}]"#,
            #"[{"expires_at":"2031-08-04T08:00:00Z"},{"current_time":"2021-08-04T08:00:00+02:00"}]"#
        ),
        ("space_info", #"{"local_time":"2022-03-17T10:55:28+01:00"}"#, #"{"local_time":"2022-03-17T11:55:28+01:00"}"#),
        ("commands", #"{"timestamp":"2021-08-04T07:00:00Z"}"#, #"{"timestamp":"2021-08-04T07:00:00Z"}"#),
        (
            "telemetry", #""{\"timestamp\":\"2021-08-04T07:00:00\u005a\",\"a\":\"\\\"\"}""#,
            #""{\"timestamp\":\"2021-08-04T08:00:00Z\",\"a\":\"\\\"\"}""#
        ),
    ])
    func `the members that the models read as times are moved, no others`(suffix: String, before: String, after: String)
        throws
    {
        #expect(try later.payload("v1/device/d/\(suffix)", before) == after)
    }

    @Test func `examples show the time before and after, as a person reads it`() throws {
        let counts = try later.counts([
            SampleTape.message("v1/device/d/telemetry", payload: #"{"timestamp":"2021-08-04T07:00:00\u005a"}"#)
        ])
        #expect(
            counts[.shiftTime].examples.map { [$0.place, $0.before, $0.after] } == [
                ["payload timestamp", "2021-08-04T07:00:00Z", "2021-08-04T08:00:00Z"]
            ])
    }

    @Test func `a byte order mark in front moves no change`() throws {
        #expect(
            try later.payload("v1/device/d/telemetry", "\u{FEFF}{\"timestamp\":\"2021-08-04T07:00:00Z\"}\n\0")
                == "\u{FEFF}{\"timestamp\":\"2021-08-04T08:00:00Z\"}\n\0")
    }

    @Test func `what cannot be moved stays and is counted`() throws {
        let payloads = [
            #"{"timestamp":"...."}"#, #"{"timestamp":"0001-01-01T00:00:00Z"}"#, #"{"timestamp":[1]}"#,
            #"{"timestamp":null}"#, #"{"timestamp":"9999-12-31T23:59:59Z"}"#, "{oops", "",
        ]
        for payload in payloads { #expect(try later.payload("v1/device/d/telemetry", payload) == payload) }
        let counts = try later.counts(payloads.map { SampleTape.message("v1/device/d/telemetry", payload: $0) })
        #expect(
            counts[.shiftTime].leftAlone == [.notATime: 2, .unsetClock: 1, .outOfRange: 1, .notJSON: 1])
        #expect(counts[.shiftTime].values == 0)
    }

    @Test func `now brings the first arrival to the start, and the state before it by as much`() throws {
        let start = Timestamp(nanoseconds: SampleTape.wall + 86_400_000_000_000)
        var now = Transforming { $0.transformation.timeShift = .toStart(start) }
        let message = SampleTape.message("v1/device/d/telemetry", payload: #"{"timestamp":"2025-10-09T08:53:20Z"}"#)
        #expect(
            try now([message]).map { String(decoding: $0.payload, as: UTF8.self) } == [
                #"{"timestamp":"2025-10-10T08:53:20Z"}"#
            ])
        now.script.state = [
            SampleTape.message(
                "v1/device/d/telemetry", at: -60_000_000_000, payload: #"{"timestamp":"2025-10-09T08:52:20Z"}"#)
        ]
        now.script.transformation.timeShift = now.script.transformation.timeShift.settled(firstArrival: message.arrival)
        #expect(
            try now([message]).map { String(decoding: $0.payload, as: UTF8.self) } == [
                #"{"timestamp":"2025-10-10T08:52:20Z"}"#, #"{"timestamp":"2025-10-10T08:53:20Z"}"#,
            ])
    }
}
