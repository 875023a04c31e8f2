import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Tapedeck

@Suite struct MessageLineParserTests {
    private static let time = Timestamp(nanoseconds: 1_795_356_000_000_000_000)
    private static let least = #""time":"2026-11-22T14:00:00Z","topic":"a/b""#

    private func parse(_ line: String) throws(BrokenLine) -> ImportedMessage {
        var parser = MessageLineParser()
        return try parser.parse(line.utf8Span.span)
    }

    private func payload(_ json: String) throws -> String {
        String(decoding: try parse("{\(Self.least),\"payload\":\(json)}").message.payload, as: UTF8.self)
    }

    private func complaint(_ line: String) -> BrokenLine? {
        do {
            _ = try parse(line)
            return nil
        } catch { return error }
    }

    @Test func `time, topic and payload are enough`() throws {
        let imported = try parse("{\(Self.least),\"payload\":\"x\"}")
        let expected = RecordedMessage(
            sequence: 0, session: 0, arrival: Self.time, monotonic: Self.time.nanoseconds, topic: "a/b",
            payload: [0x78], qos: .atMostOnce)
        #expect(imported.message == expected)
        #expect(imported.sequence == nil && imported.session == nil && imported.duplicateOf == nil)
    }

    @Test func `every key is read, in any order, with white space and escapes`() throws {
        let imported = try parse(
            #"""
             { "redactions":2,"duplicate_of":5,"session":3, "properties" : {"subscription_ids":[1,268435455],
            "message_expiry":4294967295,"payload_format":1,"content_type":"t","correlation_data_base64":"AP8=",
            "response_topic":"r","topic_alias":7,"user":[["k","v"],["k",""],["\u00e9","\"\n"]]},"dup":true,"retain":1,
            "qos":2,"payload_base64":"AAECAw==","t\u006fpic":"v1/device/\u00e9/get","time":1795356000.5,"seq":9,
            "kind":"x","device":{"any":[]},"device_time":null}
            """#.replacing("\n", with: " "))
        let properties = PublishProperties([
            .subscriptionIdentifier(1), .subscriptionIdentifier(268_435_455), .messageExpiryInterval(4_294_967_295),
            .payloadFormatIndicator(1), .contentType("t"), .correlationData([0, 0xff]), .responseTopic("r"),
            .topicAlias(7), .userProperty(name: "k", value: "v"), .userProperty(name: "k", value: ""),
            .userProperty(name: "é", value: "\"\n"),
        ])
        let time = Timestamp(nanoseconds: Self.time.nanoseconds + 500_000_000)
        let expected = RecordedMessage(
            sequence: 0, session: 0, arrival: time, monotonic: time.nanoseconds, topic: "v1/device/é/get",
            payload: [0, 1, 2, 3], qos: .exactlyOnce, retain: true, dup: true, redactions: 2, properties: properties)
        #expect(imported.message == expected)
        #expect(imported.sequence == 9 && imported.session == 3 && imported.duplicateOf == 5)
    }

    @Test(arguments: [
        (#""""#, ""), (#""{\"a\":1}""#, #"{"a":1}"#), (#""\u00e9\ud83d\ude00\/""#, "é😀/"), (#""\u0000""#, "\0"),
        (#"{"a" : 1.50, "b":[ ]}"#, #"{"a" : 1.50, "b":[ ]}"#), ("[1, 2]", "[1, 2]"), ("1e3", "1e3"), ("true", "true"),
        ("null", "null"), (#""\b\f\n\r\t\"\\ x""#, "\u{8}\u{C}\n\r\t\"\\ x"), (#""\\""#, "\\"),
        (#""a\\\u0041\\""#, "a\\A\\"),
    ])
    func `a string is the text of the payload, any other value its spelling`(json: String, text: String) throws {
        #expect(try payload(json) == text)
    }

    @Test(arguments: [
        ("2026-11-22T14:00:00.1Z", 100_000_000), ("2026-11-22T15:30:00.123456789123+01:30", 123_456_789),
        ("2026-11-22t14:00:00z", 0), ("2026-11-22 14:00:00.000000+0000", 0),
    ])
    func `RFC 3339 has any fraction and any offset`(text: String, nanosecond: Int64) throws {
        let message = try parse(#"{"time":"\#(text)","topic":"t","payload":""}"#).message
        #expect(message.arrival.nanoseconds == Self.time.nanoseconds + nanosecond)
    }

    @Test func `unknown keys are counted, derived ones are not`() throws {
        var parser = MessageLineParser()
        let line = #"{\#(Self.least),"payload":"","x":{"y":[1]},"z":1,"kind":"k","properties":{"p":1}}"#
        _ = try parser.parse(line.utf8Span.span)
        _ = try parser.parse(line.utf8Span.span)
        let said = try #require(parser.ignored.summary)
        #expect(said.contains("`x` (2)") && said.contains("`z` (2)") && said.contains("`properties.p` (2)"))
        #expect(!said.contains("kind"))
    }

    @Test func `the unit of a number is remembered with the first time`() throws {
        var parser = MessageLineParser()
        for time in ["1795356000000", "1795356000001"] {
            _ = try parser.parse(#"{"time":\#(time),"topic":"t","payload":""}"#.utf8Span.span)
        }
        #expect(parser.epochs == [.milliseconds: Self.time])
    }

    @Test(arguments: [
        ("", "no valid JSON"), ("[]", "one JSON object"), ("x", "no valid JSON"), ("{} {}", "the end of the text"),
        ("{}", "`time` is missing"),
        (#"{"topic":"t","payload":""}"#, "`time` is missing"),
        (#"{"time":1795356000,"payload":""}"#, "`topic` is missing"),
        (#"{"time":1795356000,"topic":"t"}"#, "`payload` is missing"),
        (#"{"time":1795356000,"topic":null,"payload":""}"#, "`topic` is missing"),
        (#"{"time":1795356000,"topic":"t","payload":"","payload_base64":""}"#, "both"),
        (#"{"time":1795356000,"time":1795356000,"topic":"t","payload":""}"#, "`time` stands there twice"),
        (#"{"time":1795356000,"topic":"t","payload":"",}"#, "a name in double quotes"),
        (#"{"time":1795356000,"topic":"t","payload":""} x"#, "the end of the text"),
        (#"{"time":"2026-11-22T14:00:00","topic":"t","payload":""}"#, "`time` is neither"),
        (#"{"time":"today","topic":"t","payload":""}"#, "`time` is neither"),
        (#"{"time":true,"topic":"t","payload":""}"#, "`time` is neither"),
        (#"{"time":-1,"topic":"t","payload":""}"#, "1970 to 2199"),
        (#"{"time":"2200-01-01T00:00:00Z","topic":"t","payload":""}"#, "1970 to 2199"),
        (#"{"time":1e40,"topic":"t","payload":""}"#, "1970 to 2199"),
        (#"{"time":1,"topic":"","payload":""}"#, "`topic` has not"),
        (#"{"time":1,"topic":"a/#","payload":""}"#, "`topic` holds"),
        (#"{"time":1,"topic":7,"payload":""}"#, "`topic` is no text"),
        (#"{"time":1,"topic":"t","payload":"\ud800"}"#, "surrogate"),
        (#"{"time":1,"topic":"t","payload_base64":"A"}"#, "no Base64"),
        (#"{"time":1,"topic":"t","payload":"","qos":3}"#, "`qos` is no whole number from 0 to 2"),
        (#"{"time":1,"topic":"t","payload":"","qos":1.0}"#, "`qos`"),
        (#"{"time":1,"topic":"t","payload":"","dup":"yes"}"#, "`dup` is neither"),
        (#"{"time":1,"topic":"t","payload":"","seq":-1}"#, "`seq`"),
        (#"{"time":1,"topic":"t","payload":"","properties":[]}"#, "`properties` is no object"),
        (#"{"time":1,"topic":"t","payload":"","properties":{"user":{"a":"b"}}}"#, "list of pairs"),
        (#"{"time":1,"topic":"t","payload":"","properties":{"user":[["a"]]}}"#, "list of pairs"),
        (#"{"time":1,"topic":"t","payload":"","properties":{"user":[["a","b","c"]]}}"#, "list of pairs"),
        (#"{"time":1,"topic":"t","payload":"","properties":{"payload_format":256}}"#, "from 0 to 255"),
        (#"{"time":1,"topic":"t","payload":"","properties":{"subscription_ids":[268435456]}}"#, "268435455"),
    ])
    func `a line that is no message says why`(line: String, words: String) throws {
        let broken = try #require(complaint(line))
        #expect(broken.reason.contains(words), "\(line): \(broken.reason)")
        #expect(0...line.utf8.count ~= broken.offset)
    }

    @Test func `a fault deep in the properties is placed in the line`() throws {
        let line = #"{"time":1,"topic":"t","payload":"","properties":{"payload_format":256}}"#
        let place = try #require(line.utf8.split(separator: UInt8(ascii: "2")).first?.count)
        #expect(complaint(line)?.offset == place)
    }

    @Test func `properties beyond the length that MQTT can carry are refused, not cut`() {
        let long = String(repeating: "x", count: 65_536)
        for properties in [#""response_topic":"\#(long)""#, #""user":[["k","\#(long)"]]"#] {
            #expect(complaint(#"{"time":1,"topic":"t","payload":"","properties":{\#(properties)}}"#) != nil)
        }
        #expect(complaint(#"{"time":1,"topic":"\#(long)","payload":""}"#) != nil)
    }

    @Test func `hostile nesting is an error and no crash`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(complaint("{\(Self.least),\"payload\":\(deep)") != nil)
        #expect(complaint("{\(Self.least),\"x\":\(deep)") != nil)
        #expect(complaint(deep) != nil)
    }
}
