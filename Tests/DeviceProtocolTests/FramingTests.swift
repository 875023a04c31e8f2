import DeviceProtocol
import JSONScan
import MQTTWire
import Testing

@Suite struct FramingTests {
    @Test func `an empty payload is noted, but for the request that has none`() {
        #expect(decode("telemetry", "").findings == [.emptyPayload])
        #expect(decode("config", " \n").unknown?.payload == Array(" \n".utf8))
        let request = decode("get", "")
        #expect(request.findings.isEmpty)
        guard case .snapshotRequest = request.message else {
            Issue.record("no request")
            return
        }
    }

    @Test(arguments: ["null", "1", "true", #""x""#, "[]", "[1]"])
    func `a request for a snapshot may say anything`(_ payload: String) {
        guard case .snapshotRequest = decode("get", payload).message else {
            Issue.record("no request")
            return
        }
    }

    @Test func `a byte order mark and trailing NULs do not hide the content`() {
        let decoded = decode("telemetry", [0xEF, 0xBB, 0xBF] + Array(#"{"status":"online"}"#.utf8) + [10, 0, 0])
        #expect(decoded.telemetry?.status == "online")
        #expect(decoded.findings == [.byteOrderMark, .trailingBytes(count: 2)])
        #expect(decode("telemetry", "{\"status\":\"online\"}\r\n").findings.isEmpty)
    }

    @Test func `bytes that are no text are kept`() {
        let payload: [UInt8] = [0x7B, 0x22, 0xC3, 0x28, 0x22]
        let decoded = decode("telemetry", payload)
        #expect(decoded.unknown == Unknown(payload: payload))
        #expect(decoded.findings == [.notUTF8(at: 2)])
        #expect(decode("telemetry", [1, 2, 0xFF]).findings.map(\.code) == ["not_utf8"])
    }

    @Test func `JSON in a JSON string is unwrapped once`() {
        let once = decode("telemetry", #""{\"status\":\"online\"}""#)
        #expect(once.telemetry?.status == "online")
        #expect(once.findings == [.doubleEncoded])
        let twice = decode("telemetry", #""\"{\\\"status\\\":1}\"""#)
        #expect(twice.unknown != nil)
        #expect(twice.findings == [.unexpectedShape(expected: "object", found: "string")])
    }

    @Test(arguments: ["null", "5", "false", #""text""#, "[]", "[{}]"])
    func `another value than an object is kept and noted`(_ payload: String) throws {
        for suffix in ["telemetry", "config", "config/update", "commands/update", "space_info", "firmware", "update"] {
            let decoded = decode(suffix, payload)
            #expect(decoded.unknown?.value == (try JSONValue.parse(Array(payload.utf8))))
            #expect(decoded.findings.map(\.code) == ["unexpected_shape"])
        }
    }

    @Test(arguments: ["commands", "command", "command/children", "license", "incidents"])
    func `objects and lists are taken where either occurs`(_ suffix: String) {
        let count = { (message: DeviceMessage) -> Int? in
            switch message {
            case .commands(let list): list.count
            case .licenses(let list): list.count
            case .incidents(let list): list.count
            default: nil
            }
        }
        let item = #"{"id":"1","name":"reboot","add":true}"#
        #expect(count(decode(suffix, "{}").message) == 0)
        #expect(count(decode(suffix, "[]").message) == 0)
        #expect(decode(suffix, "{}").findings.isEmpty)
        #expect(count(decode(suffix, item).message) == 1)
        let list = decode(suffix, "[\(item),3,\(item)]")
        #expect(count(list.message) == 2)
        #expect(list.findings == [.unexpectedShape(expected: "object", found: "number")])
    }

    @Test(arguments: ["config", "commands", "command", "license", "space_info", "firmware", "incidents", "telemetry"])
    func `an error in the place of content is noted`(_ suffix: String) {
        let decoded = decode(suffix, #"{"error":"Device not in space"}"#)
        #expect(decoded.findings == [.errorObject("Device not in space")])
        #expect(decoded.unknown?.value?["error"] != nil)
    }

    @Test func `size, depth and repeats are noted`() {
        let long = #"{"status":"online","telemetries":{"a":"\#(String(repeating: "x", count: 131_072))"}}"#
        #expect(decode("telemetry", long).findings.map(\.code) == ["payload_too_large", "string_too_long"])
        let deep = String(repeating: "[", count: 100_000)
        #expect(decode("config", deep).findings == [.tooDeep(at: 512)])
        let twice = decode("telemetry", #"{"status":"x","status":"online","telemetries":{"a":1,"b":2,"a":3}}"#)
        #expect(twice.findings == [.duplicateKey("status"), .duplicateKey("a")])
        #expect(twice.telemetry?.status == "online")
        #expect(twice.telemetry?.metrics.count == 3)
    }

    @Test func `a hostile number of repeats costs bounded findings`() {
        let members = (0..<20_000).map { #""k\#($0 % 5_000)":1"# }.joined(separator: ",")
        let decoded = decode("telemetry", #"{"status":"online","telemetries":{\#(members)}}"#)
        #expect(decoded.findings.count == 64)
        #expect(decoded.telemetry?.metrics.count == 20_000)
    }
}
