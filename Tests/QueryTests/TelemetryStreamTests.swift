import DeviceProtocol
import JSONScan
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct TelemetryStreamTests {
    @Test func `each metric is a row with its value as it was spelled`() throws {
        let payload = #"""
            {"status":"online","timestamp":"2026-11-22T14:00:00.5+01:00","telemetries":
            {"a":9007199254740993,"b":100.0,"c":1e400,"d":-0,"e":true,"f":"5.5","g":{"x":[1.50]},"h":18446744073709551616}}
            """#
        let rows = try rows(["v1/device/A/telemetry": payload])
        #expect(
            rows.map(\.text) == [
                "a=9007199254740993 set", "b=100.0 set", "c=1e400 set", "d=-0 set", "e=true set", "f=\"5.5\" set",
                "g={\"x\":[1.50]} set", "h=18446744073709551616 set",
            ])
        #expect(rows.allSatisfy { $0.status == "online" && $0.device == "A" && $0.sequence == 1 })
        #expect(rows.first?.deviceTime == Timestamp(rfc3339: "2026-11-22T13:00:00.5Z"))
    }

    @Test func `null deletes a metric`() throws {
        let rows = try rows(["v1/device/A/telemetry": #"{"status":"online","telemetries":{"a":null,"b":1}}"#])
        #expect(rows.map(\.text) == ["a delete", "b=1 set"])
    }

    @Test func `override replaces, and nulls in it still delete`() throws {
        let rows = try rows([
            "v1/device/A/telemetry": #"{"status":"online","override":true,"telemetries":{"a":1,"b":null}}"#
        ])
        #expect(rows.map(\.text) == ["a=1 replace", "b delete"])
    }

    @Test(arguments: [#"{"override":true,"telemetries":{}}"#, #"{"override":true}"#])
    func `an override without metrics is a row without metric`(payload: String) throws {
        #expect(try rows(["v1/device/A/telemetry": payload]).map(\.text) == ["- replace"])
    }

    @Test func `an override that removes the metric asked for says so`() throws {
        let rows = try rows(
            [
                "v1/device/A/telemetry": #"{"telemetries":{"a":1}}"#,
                "v1/device/B/telemetry": #"{"override":true,"telemetries":{"b":2}}"#,
                "v1/device/A/telemetry": #"{"override":true,"telemetries":{"b":2}}"#,
                "v1/device/A/telemetry": #"{"override":true,"telemetries":{"b":3}}"#,
            ], metrics: ["a"])
        // B never had it, and A lost it once.
        #expect(rows.map(\.text) == ["a=1 set", "- replace"])
    }

    @Test func `a status without metrics is a row of its own unless other metrics were asked for`() throws {
        let tape: KeyValuePairs = ["v1/device/A/telemetry": #"{"status":"offline"}"#]
        #expect(try rows(tape).map(\.text) == ["status=\"offline\" set"])
        #expect(try rows(tape, metrics: ["sta*"]).map(\.text) == ["status=\"offline\" set"])
        #expect(try rows(tape, metrics: ["temperature"]).isEmpty)
    }

    @Test func `asking for status finds it in every message`() throws {
        let rows = try rows(
            ["v1/device/A/telemetry": #"{"status":"online","telemetries":{"a":1}}"#], metrics: ["status"])
        #expect(rows.map(\.text) == ["status=\"online\" set"])
    }

    @Test func `a metric called status takes the place of the status`() throws {
        let rows = try rows(
            ["v1/device/A/telemetry": #"{"status":"online","telemetries":{"status":7}}"#], metrics: ["status"])
        #expect(rows.map(\.text) == ["status=7 set"])
        #expect(rows.first?.status == "online")
    }

    @Test func `repeated names are all shown, in order`() throws {
        let rows = try rows(["v1/device/A/telemetry": #"{"status":"online","telemetries":{"a":1,"a":2}}"#])
        #expect(rows.map(\.text) == ["a=1 set", "a=2 set"])
    }

    @Test func `the shape before telemetries is understood`() throws {
        let rows = try rows([
            "v1/device/A/telemetry": #"{"common":{"status":"online","v":"1.0"},"custom":[{"Key":"in","Value":"2"}]}"#
        ])
        #expect(rows.map(\.text) == ["v=\"1.0\" set", "in=\"2\" set"])
        #expect(rows.allSatisfy { $0.status == "online" })
    }

    @Test func `each sample of a batch has its own device, and can be selected by it`() throws {
        let (one, two) = ("d8083a34-22c8-4cd8-9acb-000000000001", "d8083a34-22c8-4cd8-9acb-000000000002")
        let batch = #"{"\#(one)":{"telemetries":{"a":1}},"\#(two)":{"telemetries":{"a":2}}}"#
        let tape: KeyValuePairs = ["v1/device/PARENT/telemetry": batch]
        #expect(try rows(tape).map { $0.device?.text } == [one, two])
        #expect(try rows(tape, devices: [DeviceID(two)]).map(\.text) == ["a=2 set"])
    }

    @Test func `the device that the payload names counts`() throws {
        let tape: KeyValuePairs = ["v1/device/PARENT/telemetry": #"{"device_id":"CHILD","telemetries":{"a":1}}"#]
        #expect(try rows(tape).map { $0.device?.text } == ["CHILD"])
        #expect(try rows(tape, devices: ["CHILD"]).count == 1)
        #expect(try rows(tape, devices: ["PARENT"]).isEmpty)
    }

    @Test func `redeliveries are left out and counted, unreadable messages too`() throws {
        let tape = try TestTape()
        let first = tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":1}}"#, at: 1)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":1}}"#, at: 2, dup: true, duplicateOf: first)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":NaN}}"#, at: 3)
        var stream = try TelemetryStream(try tape.reader(), Selection(), metrics: [])
        var count = 0
        while try stream.next() != nil { count += 1 }
        #expect(count == 1)
        #expect(stream.scan.duplicates == 1)
        #expect(stream.scan.unreadable == 1)
        #expect(stream.scan.damages.isEmpty)
    }

    @Test func `order is that of arrival whatever the devices' clocks say`() throws {
        let tape = try TestTape()
        for (second, stamp) in [
            (1.0, "2026-11-22T15:00:00Z"), (2, "1970-01-01T00:00:00Z"), (3, "2026-11-22T09:00:00Z"),
        ] {
            tape.add(
                "v1/device/A/telemetry", #"{"timestamp":"\#(stamp)","telemetries":{"a":\#(Int(second))}}"#, at: second)
        }
        tape.add("v1/device/A/telemetry", #"{"timestamp":"....","telemetries":{"a":4}}"#, at: 4)
        var stream = try TelemetryStream(try tape.reader(), Selection(), metrics: [])
        var rows: [TelemetryRow] = []
        while let row = try stream.next() { rows.append(row) }
        #expect(rows.map(\.text) == ["a=1 set", "a=2 set", "a=3 set", "a=4 set"])
        #expect(
            rows.map(\.deviceTime?.rfc3339) == [
                "2026-11-22T15:00:00.000000000Z", "1970-01-01T00:00:00.000000000Z", "2026-11-22T09:00:00.000000000Z",
                nil,
            ])
        #expect(rows.map(\.arrival) == [1, 2, 3, 4].map { TestTape.time($0) })
    }

    @Test func `the names that were not asked for are known afterwards`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"temperature":1}}"#)
        var stream = try TelemetryStream(try tape.reader(), Selection(), metrics: [Glob("temp")])
        #expect(try stream.next() == nil)
        #expect(stream.scan.otherMetrics == ["temperature"])
    }

    @Test func `a scan goes on with what was added`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":1}}"#, at: 1)
        tape.add("v1/device/B/telemetry", #"{"telemetries":{"a":9}}"#, at: 2)
        let reader = try tape.reader()
        var selection = Selection()
        selection.devices = ["A"]
        var stream = try TelemetryStream(reader, selection, metrics: [])
        #expect(try stream.next()?.text == "a=1 set")
        #expect(try stream.next() == nil)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":2}}"#, at: 3)
        try tape.commit()
        try stream.scan.suspend()
        try reader.refresh()
        try stream.scan.resume(on: reader)
        #expect(try stream.next()?.text == "a=2 set")
        #expect(try stream.next() == nil)
    }

    @Test func `a segment read in parts gives the samples that its messages hold, in order`() throws {
        let tape = try TestTape()
        for number in 0..<5000 {
            let payload =
                number.isMultiple(of: 3)
                ? #"{"telemetries":{"a":{"x":\#(number)}}}"# : #"{"telemetries":{"a":\#(number),"b":"t"}}"#
            tape.add("v1/device/\(number % 7)/telemetry", payload, at: Double(number))
        }
        func texts() throws -> [String] {
            var stream = try TelemetryStream(try tape.reader(), Selection(), metrics: [])
            var texts: [String] = []
            while let row = try stream.next() { texts.append("\(row.sequence) \(row.device?.text ?? "") \(row.text)") }
            return texts
        }
        let unsealed = try texts()
        try tape.seal()
        #expect(try texts() == unsealed)
        #expect(unsealed.count == 5000 + 3333)
    }

    private func rows(
        _ messages: KeyValuePairs<String, String>, metrics: [String] = [], devices: Set<DeviceID> = []
    ) throws -> [TelemetryRow] {
        let tape = try TestTape()
        for (number, message) in messages.enumerated() { tape.add(message.key, message.value, at: Double(number)) }
        var selection = Selection()
        selection.devices = devices
        var stream = try TelemetryStream(try tape.reader(), selection, metrics: metrics.map { Glob($0) })
        var rows: [TelemetryRow] = []
        while let row = try stream.next() { rows.append(row) }
        return rows
    }
}

extension TelemetryRow {
    fileprivate var text: String {
        (metric ?? "-") + (value.map { "=\($0)" } ?? "") + " " + operation.rawValue
    }
}
