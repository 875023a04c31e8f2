import DeviceProtocol
import Foundation
import JSONScan
import MQTTWire
import Query
import Tape
import TapeTestSupport
import Terminal
import Testing

@testable import Tapedeck

@Suite struct MessageOutputTests {
    @Test func `a message is one line with all that came over the wire`() throws {
        let tape = try TestTape()
        tape.add(
            "v1/device/A/telemetry", #"{"timestamp":"2026-11-22T13:59:59.5Z","telemetries":{"x":1.0}}"#, at: 0.5,
            properties: [
                .userProperty(name: "k", value: "1"), .responseTopic("r/t"), .userProperty(name: "k", value: "2"),
                .correlationData([0, 255]), .contentType("application/json"), .payloadFormatIndicator(1),
                .messageExpiryInterval(60), .subscriptionIdentifier(3), .subscriptionIdentifier(4),
            ], retain: true, redactions: 2)
        let expected =
            #"{"seq":1,"time":"2026-11-22T14:00:00.500000000Z","device_time":"2026-11-22T13:59:59.500000000Z","#
            + #""device":"A","kind":"telemetry","topic":"v1/device/A/telemetry","qos":1,"retain":true,"dup":false,"#
            + #""payload":"{\"timestamp\":\"2026-11-22T13:59:59.5Z\",\"telemetries\":{\"x\":1.0}}","#
            + #""properties":{"user":[["k","1"],["k","2"]],"response_topic":"r/t","#
            + #""correlation_data_base64":"AP8=","content_type":"application/json","payload_format":1,"#
            + #""message_expiry":60,"subscription_ids":[3,4]},"session":1,"redactions":2}"# + "\n"
        #expect(try lines(tape) == expected)
    }

    @Test func `what is absent is left out`() throws {
        let tape = try TestTape()
        let first = tape.add("other", "", at: 1)
        tape.add("other", "", at: 2, dup: true, duplicateOf: first)
        #expect(
            try lines(tape) == """
                {"seq":1,"time":"2026-11-22T14:00:01.000000000Z","kind":"unknown","topic":"other","qos":1,\
                "retain":false,"dup":false,"payload":"","session":1}
                {"seq":2,"time":"2026-11-22T14:00:02.000000000Z","kind":"unknown","topic":"other","qos":1,\
                "retain":false,"dup":true,"payload":"","session":1,"duplicate_of":1}

                """)
    }

    @Test func `every payload comes back byte for byte`() throws {
        var payloads: [[UInt8]] = [
            [], Array(0...255), [0xff], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
            Array("\u{0}\u{1}\u{8}\t\n\u{c}\r\u{1f}\u{7f}\"\\/\u{2028}é👍🏽".utf8), Array("e\u{301}\u{e9}".utf8),
        ]
        payloads += (0..<128).map { [$0, $0] }
        let tape = try TestTape()
        for (number, payload) in payloads.enumerated() { tape.add("t", bytes: payload, at: Double(number)) }
        let found = try lines(tape).split(separator: "\n").map { line -> [UInt8]? in
            let value = try JSONValue.parse(Array(line.utf8))
            if let text = value["payload"]?.string { return Array(text.utf8) }
            return value["payload_base64"]?.string.flatMap { Data(base64Encoded: $0) }.map(Array.init)
        }
        #expect(found == payloads)
    }

    @Test func `CSV has the same columns, text and base64 apart`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/get", "a,\"b\"", properties: [.userProperty(name: "k", value: "v")])
        tape.add("x", bytes: [0xff], at: 1)
        let expected = [
            "seq,time,device_time,device,kind,topic,qos,retain,dup,payload,payload_base64,properties,session,"
                + "duplicate_of,redactions",
            #"1,2026-11-22T14:00:00.000000000Z,,A,snapshot_request,v1/device/A/get,1,false,false,"a,""b""",,"#
                + #""{""user"":[[""k"",""v""]]}",1,,"#,
            "2,2026-11-22T14:00:01.000000000Z,,,unknown,x,1,false,false,,/w==,,1,,",
        ]
        #expect(try lines(tape, .csv) == expected.map { $0 + "\r\n" }.joined())
    }

    @Test func `a terminal of 80 columns gets a table that fits`() throws {
        let tape = try TestTape()
        tape.add(
            "v1/device/d8083a34-22c8-4cd8-9acb-1912f00d0007/telemetry",
            #"{"status":"online","telemetries":{"temperature":21.5}}"#)
        let expected = """
            seq  2026-11-22    device         kind       qos  payload
              1  14:00:00.000  d8083a…0d0007  telemetry    1  {"status":"online","telemetri…

            """
        #expect(try lines(tape, .table, width: 80) == expected)
    }

    @Test func `a payload without text says what it is, dimmed, in tables only`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/get", "")
        tape.add("v1/device/A/get", bytes: Array(repeating: 0xff, count: 1_000_000), at: 1)
        let cells = try lines(tape, .table, width: 80, style: Style(isEnabled: true))
        #expect(cells.contains("  \u{1b}[2m(empty)\u{1b}[0m\n"))
        #expect(cells.contains("  \u{1b}[2m(1.0 MB binary)\u{1b}[0m\n"))
        #expect(try !lines(tape, .csv).contains("("))
        #expect(try !lines(tape).contains("("))
    }

    @Test func `a topic of no known kind stands where the device would`() throws {
        let tape = try TestTape()
        tape.add("sensors/7/raw", "x")
        let expected = """
            seq  2026-11-22    device         kind     qos  payload
              1  14:00:00.000  sensors/7/raw  unknown    1  x

            """
        #expect(try lines(tape, .table, width: 80) == expected)
        #expect(try lines(tape, .csv).contains(",,,unknown,sensors/7/raw,"))
    }

    @Test(arguments: [160, nil]) func `topics are shown where there is room`(width: Int?) throws {
        let tape = try TestTape()
        tape.add("sensors/7/raw", "x")
        tape.add("v1/device/A/get", "y", at: 1)
        let expected = """
            seq  2026-11-22    device  kind              topic            qos  payload
              1  14:00:00.000          unknown           sensors/7/raw      1  x
              2  14:00:01.000  A       snapshot_request  v1/device/A/get    1  y

            """
        #expect(try lines(tape, .table, width: width) == expected)
    }

    @Test func `a wide terminal cuts the payload, not the id`() throws {
        let tape = try TestTape()
        let id = "d8083a34-22c8-4cd8-9acb-1912f00d0007"
        tape.add("v1/device/\(id)/telemetry", String(repeating: "x", count: 500))
        for width in [120, 159, 160, 200] {
            #expect(try lines(tape, .table, width: width).contains("  \(id)  "), "width \(width)")
        }
    }

    @Test func `a terminal without UTF-8 gets ids shortened in ASCII`() throws {
        let tape = try TestTape()
        tape.add("v1/device/d8083a34-22c8-4cd8-9acb-1912f00d0007/get", String(repeating: "x", count: 99))
        let table = try lines(tape, .table, width: 80, glyphs: .ascii)
        #expect(table.contains("  d8083a~0d0007  "))
        #expect(table.utf8.allSatisfy { $0 < 0x80 })
    }

    private func lines(
        _ tape: TestTape, _ format: OutputFormat = .jsonl, width: Int? = nil, style: Style = .plain,
        glyphs: Glyphs = .unicode
    ) throws -> String {
        var screen = Screen.test(format, width: width)
        screen.style = style
        screen.glyphs = glyphs
        let collector = Collector()
        let times = TableTime(from: TestTape.time(0), to: TestTape.time(60), zone: .gmt)
        var printer = try MessagePrinter(
            screen, times, hidesDevice: false, output: collector.output)
        var stream = try MessageStream(try tape.reader(), Selection())
        while let row = try stream.next() { try printer.write(row) }
        try printer.flush()
        return collector.text
    }
}

extension Screen {
    /// A screen without colours.
    static func test(_ format: OutputFormat, width: Int? = nil) -> Screen {
        var screen = Screen(format)
        screen.width = width
        screen.style = .plain
        screen.glyphs = .unicode
        return screen
    }
}
