import DeviceProtocol
import Foundation
import JSONScan
import Tape
import TapeTestSupport
import Terminal
import Testing

@testable import Query
@testable import Tapedeck

@Suite struct RowOutputTests {
    private let sample = TelemetryRow(
        sequence: 7, arrival: TestTape.time(0), deviceTime: TestTape.time(-1.5), device: "A", metric: "total,memory",
        value: .number(JSONNumber("17179869184.0") ?? JSONNumber(0)), status: "online", operation: .set)
    private let command = CommandRow(
        device: "A", id: "1", name: "reboot", state: .failed, rawStatus: "error", firstSeen: TestTape.time(0),
        inProgressAt: nil, endedAt: TestTape.time(1.25), duration: 1_250_000_500, openFor: nil, deliveries: 2,
        updates: 1,
        match: .id, anomalies: [.twoTerminals, .unknownStatus], message: "line 1\nline 2")
    private let device = DeviceRow(
        device: "A", firstSeen: TestTape.time(0), lastSeen: TestTape.time(2), messages: 3, status: "online",
        firmware: nil, model: nil, clockSkew: -1_500_000, period: 30_000_000_000)

    @Test func `samples as JSON Lines`() throws {
        var deleted = sample
        deleted.value = nil
        deleted.status = nil
        deleted.deviceTime = nil
        deleted.operation = .delete
        #expect(
            try telemetry([sample, deleted], .jsonl) == """
                {"seq":7,"time":"2026-11-22T14:00:00.000000000Z","device_time":"2026-11-22T13:59:58.500000000Z",\
                "device":"A","metric":"total,memory","value":17179869184.0,"status":"online","op":"set","clock":"device"}
                {"seq":7,"time":"2026-11-22T14:00:00.000000000Z","device":"A","metric":"total,memory","op":"delete","clock":"arrival"}

                """)
    }

    @Test func `samples as CSV, TSV and table`() throws {
        #expect(
            try telemetry([sample], .csv)
                == "seq,time,device_time,device,metric,value,status,op,clock\r\n7,2026-11-22T14:00:00.000000000Z,"
                + "2026-11-22T13:59:58.500000000Z,A,\"total,memory\",17179869184.0,online,set,device\r\n")
        #expect(
            try telemetry([sample], .tsv)
                == "seq\ttime\tdevice_time\tdevice\tmetric\tvalue\tstatus\top\tclock\n7\t2026-11-22T14:00:00.000000000Z\t"
                + "2026-11-22T13:59:58.500000000Z\tA\ttotal,memory\t17179869184.0\tonline\tset\tdevice\n")
        #expect(
            try telemetry([sample], .table) == """
                2026-11-22    device time   device  metric                value  status  op   clock
                14:00:00.000  13:59:58.500  A       total,memory  17179869184.0  online  set  device

                """)
    }

    @Test func `commands as JSON Lines`() throws {
        var open = command
        open.state = .inProgress
        open.endedAt = nil
        open.duration = nil
        open.openFor = 60_000_000_000
        open.anomalies = []
        open.message = nil
        let times = TableTime(from: nil, to: nil, zone: .gmt)
        let columns = CommandRow.columns(times, hidesDevice: false)
        #expect(
            try print([command.values, open.values], columns, .jsonl, times) == #"""
                {"device":"A","id":"1","name":"reboot","state":"failed","raw_status":"error",\#
                "first_seen":"2026-11-22T14:00:00.000000000Z","ended_at":"2026-11-22T14:00:01.250000000Z",\#
                "duration_ms":1250.001,"deliveries":2,"updates":1,"match":"id",\#
                "anomalies":["two_terminals","unknown_status"],"message":"line 1\nline 2"}
                {"device":"A","id":"1","name":"reboot","state":"in_progress","raw_status":"error",\#
                "first_seen":"2026-11-22T14:00:00.000000000Z","open_for_ms":60000,"deliveries":2,"updates":1,\#
                "match":"id","anomalies":[]}

                """#)
    }

    @Test func `devices as JSON Lines and table`() throws {
        let times = TableTime(from: TestTape.time(0), to: TestTape.time(2), zone: .gmt)
        let columns = DeviceRow.columns(times)
        #expect(
            try print([device.values], columns, .jsonl, times) == """
                {"device":"A","first_seen":"2026-11-22T14:00:00.000000000Z",\
                "last_seen":"2026-11-22T14:00:02.000000000Z","messages":3,"status":"online","clock_skew_ms":-1.5,\
                "period_s":30}

                """)
        #expect(
            try print([device.values], columns, .table, times) == """
                device  first seen    last seen     messages  status  firmware  model  clock skew  period
                A       14:00:00.000  14:00:02.000         3  online                        -2 ms  30.0 s

                """)
    }

    @Test(arguments: [
        (0, "0"), (1, "0"), (500, "0.001"), (1_000_000, "1"), (-1_500_000, "-1.5"), (12_345_678, "12.346"),
        (10_000_000, "10"), (Int64.min, "-9223372036854.776"),
    ])
    func `lengths in milliseconds are decimals without needless zeros`(nanoseconds: Int64, text: String) {
        #expect(OutputValue.decimal(nanoseconds, unit: 1_000_000) == text)
    }

    @Test func `times lose their date only where all are of one day`() {
        let day = TableTime(from: TestTape.time(0), to: TestTape.time(60), zone: .gmt)
        #expect(day.text(TestTape.time(1)) == "14:00:01.000")
        #expect(day.text(TestTape.time(-86_400)) == "2026-11-21 14:00:00.000")
        let days = TableTime(from: TestTape.time(0), to: TestTape.time(86_400), zone: .gmt)
        #expect(days.text(TestTape.time(1)) == "2026-11-22 14:00:01.000")
        let tokyo = TableTime(
            from: TestTape.time(0), to: TestTape.time(36_000), zone: TimeZone(identifier: "Asia/Tokyo") ?? .gmt)
        #expect(tokyo.text(TestTape.time(0)) == "2026-11-22 23:00:00.000")
    }

    @Test func `the whole tape in one JSON object`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"status":"online"}"#, at: 1)
        try tape.end(at: 10)
        let json = try TapeInfo(try tape.reader()).json
        let value = try JSONValue.parse(json)
        #expect(json.last == 10)
        #expect(json.filter { $0 == 10 }.count == 1)
        #expect(value["messages"]?.number?.int64 == 1)
        #expect(value["sessions"]?.elements?.first?["filters"]?.elements?.first?["filter"]?.string == "v1/device/#")
        #expect(value["kinds"]?.elements?.first?["kind"]?.string == "telemetry")
    }

    private func telemetry(_ rows: [TelemetryRow], _ format: OutputFormat) throws -> String {
        let times = TableTime(from: TestTape.time(-60), to: TestTape.time(60), zone: .gmt)
        return try print(
            rows.map { $0.values(.device) }, TelemetryRow.columns(times, hidesDevice: false), format, times)
    }

    private func print(
        _ rows: [[OutputValue]], _ columns: [OutputColumn], _ format: OutputFormat, _ times: TableTime
    ) throws -> String {
        let collector = Collector()
        var printer = try RowPrinter(columns, .test(format), times: times, output: collector.output)
        for row in rows { try printer.write(row) }
        try printer.flush()
        return collector.text
    }
}
