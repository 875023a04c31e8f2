import DeviceProtocol
import JSONScan
import MQTTWire
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
            (1_795_357_800_000_000_000, "2026-11-22T14:30:00.000000000Z"),
            (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
            (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)])
    func `nanoseconds and text are the same instant`(_ nanoseconds: Int64, _ text: String) {
        let timestamp = Timestamp(nanoseconds: nanoseconds)
        #expect(timestamp.rfc3339 == text)
        #expect(Timestamp(rfc3339: text) == timestamp)
        var bytes: [UInt8] = [1]
        timestamp.appendRFC3339(to: &bytes)
        #expect(bytes == [1] + Array(text.utf8))
    }

    @Test func `every instant comes back`() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<5_000 {
            let timestamp = Timestamp(nanoseconds: Int64.random(in: Int64.min...Int64.max, using: &random))
            #expect(Timestamp(rfc3339: timestamp.rfc3339) == timestamp)
            #expect(CivilTime(timestamp).timestamp == timestamp)
        }
    }

    @Test func `every day of eight centuries follows the one before`() {
        var expected = CivilTime(year: 1677, month: 9, day: 22)
        let first = (expected?.timestamp?.nanoseconds ?? 0) / 86_400_000_000_000
        for day in first..<first + 213_000 {
            let time = CivilTime(Timestamp(nanoseconds: day * 86_400_000_000_000))
            guard time == expected else {
                Issue.record("\(time) is not \(String(describing: expected))")
                return
            }
            expected =
                CivilTime(year: time.year, month: time.month, day: time.day + 1)
                ?? CivilTime(year: time.year, month: time.month + 1, day: 1)
                ?? CivilTime(year: time.year + 1, month: 1, day: 1)
        }
    }

    @Test(arguments: [
        ("2026-11-22T14:30:00+05:45", "2026-11-22T08:45:00.000000000Z"),
        ("2026-11-22t14:30:00.5z", "2026-11-22T14:30:00.500000000Z"),
        ("2026-11-22 14:30:00.1234567899-00:30", "2026-11-22T15:00:00.123456789Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000000Z"),
        ("2026-11-22T14:30Z", "2026-11-22T14:30:00.000000000Z"),
        ("2026-11-22T14:30:00+0100", "2026-11-22T13:30:00.000000000Z"),
    ])
    func `offsets, fractions and leap seconds are understood`(_ text: String, _ expected: String) {
        #expect(Timestamp(rfc3339: text)?.rfc3339 == expected)
    }

    @Test(arguments: [
        "", "2026", "2026-11-22", "2026-11-22T14:30:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T14:60:00Z",
        "2026-11-22T14:30:61Z", "2026-11-22T14:30:00.Z", "2026-11-22T14:30:00Z ", "2026-11-22T14:30:00+24:00",
        "2026-11-22T14:30:00+1", "2026/11/22T14:30:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
        "2026-11-22T14:30:00Zé", "+2026-11-22T14:30:00Z", "1677-09-21T00:12:43.145224191Z",
        "2262-04-11T23:47:16.854775808Z",
    ])
    func `what is no instant is refused`(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}

@Suite struct DeviceTimeTests {
    @Test(
        arguments: [
            (#""2021-08-04T07:45:44.122Z""#, .utc, "2021-08-04T07:45:44.122000000Z"),
            (#""2023-06-04T12:00:52Z""#, .utc, "2023-06-04T12:00:52.000000000Z"),
            (#""2020-01-01T01:01:01.000+00:00""#, .offset, "2020-01-01T01:01:01.000000000Z"),
            (#""2022-03-17T10:55:28+01:00""#, .offset, "2022-03-17T09:55:28.000000000Z"),
            (#""2024-01-01T01:00:00""#, .naive, "2024-01-01T01:00:00.000000000Z"),
            (#""2024-01-01""#, .naive, "2024-01-01T00:00:00.000000000Z"),
            ("1700000000", .epochSeconds, "2023-11-14T22:13:20.000000000Z"),
            ("1700000000.25", .epochSeconds, "2023-11-14T22:13:20.250000000Z"),
            (#""1700000000""#, .epochSeconds, "2023-11-14T22:13:20.000000000Z"),
            ("1700000000123", .epochMilliseconds, "2023-11-14T22:13:20.123000000Z"),
            ("1700000000123.5", .epochMilliseconds, "2023-11-14T22:13:20.123500000Z"),
        ] as [(String, TimestampClass, String)])
    func `each way to write a time has its class`(_ json: String, _ expected: TimestampClass, _ text: String) throws {
        let time = DeviceTime(try JSONValue.parse(Array(json.utf8)))
        #expect(time.class == expected)
        #expect(time.timestamp?.rfc3339 == text)
        #expect(time.isSound)
        #expect(time.text == json.replacing("\"", with: ""))
    }

    @Test(
        arguments: [
            (#""....""#, .invalid), (#""""#, .invalid), ("true", .invalid), ("{}", .invalid), ("[1]", .invalid),
            ("1e9", .invalid), ("170000000000000000", .invalid), ("null", .absent), ("1.", .invalid),
            (#""-""#, .invalid),
            (#""0001-01-01T00:00:00Z""#, .utc), (#""9999-12-31T23:59:59Z""#, .utc), (#""1970-01-01T00:03:12Z""#, .utc),
            ("0", .epochSeconds), ("-5", .epochSeconds), ("99999999999", .epochSeconds), ("12345", .epochSeconds),
            ("99999999999999", .epochMilliseconds), (#""2000-01-01T00:00:00""#, .naive),
        ] as [(String, TimestampClass)])
    func `what is no time, or none of a set clock, is not sound`(_ json: String, _ expected: TimestampClass) {
        let time = DeviceTime((try? JSONValue.parse(Array(json.utf8))) ?? .bool(false))
        #expect(time.class == expected)
        #expect(!time.isSound)
    }

    @Test func `the quick look agrees with decoding`() {
        var random = SeededGenerator(seed: 5)
        var payloads = Sample.all.filter { $0.kind == .telemetry }.map(\.bytes)
        payloads += [
            #"{"timestamp":1700000000,"telemetries":{"timestamp":"x"},"timestamp":"2024-01-01"}"#, #"{"a":1}"#, "{}",
            #"{"error":"x"}"#, #"{"timestamp":{"a":[1]},"telemetries":{}}"#, #"{"timestamp":null}"#, "", "[]",
            #"{"t\u0069mestamp":"2024-01-01"}"#, "{\"timestamp\":1}\0", #"{"timestamp":true}"#, #"{"timestamp":[ 1 ]}"#,
            #""{\"timestamp\":1700000000}""#, #"{"d8083a34-22c8-4cd8-9acb-19126f3b5a71":{"timestamp":1}}"#,
        ].map { Array($0.utf8) }
        for var payload in payloads {
            for round in 0..<100 {
                let decoded = DecodedMessage.decode(
                    topic: "v1/device/a/telemetry", payload: payload, properties: .init())
                #expect(
                    DeviceTime.inTelemetry(payload) == decoded.deviceTime, "\(String(decoding: payload, as: UTF8.self))"
                )
                guard !payload.isEmpty, round < 99 else { break }
                payload[Int.random(in: 0..<payload.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
            }
        }
    }
}
