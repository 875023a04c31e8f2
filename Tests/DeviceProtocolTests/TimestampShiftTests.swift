import DeviceProtocol
import TestSupport
import Testing

struct TimestampShiftTests {
    private func moved(_ text: String, _ nanoseconds: Int64) throws -> String {
        String(decoding: try TimestampShift(nanoseconds: nanoseconds).moved(text.utf8Span.span), as: UTF8.self)
    }

    private static let hour: Int64 = 3_600_000_000_000

    @Test(arguments: [
        ("2021-08-04T07:45:44.122Z", "2021-08-04T09:45:44.122Z"),
        ("2023-06-04T12:00:52Z", "2023-06-04T14:00:52Z"),
        ("2020-12-31T23:01:01.000+00:00", "2021-01-01T01:01:01.000+00:00"),
        ("2024-02-28T23:00:00", "2024-02-29T01:00:00"),
        ("2022-03-17 10:55:28+01:00", "2022-03-17 12:55:28+01:00"),
        ("2022-03-17t10:55z", "2022-03-17t12:55z"),
        ("2022-03-17T10:55:28,5-0330", "2022-03-17T12:55:28,5-0330"),
        ("2022-03-17T10:55:28.123456789012Z", "2022-03-17T12:55:28.123456789012Z"),
        ("1638316800", "1638324000"),
        ("1638316800.250", "1638324000.250"),
        ("1638316800123", "1638324000123"),
        ("01638316800", "01638324000"),
        ("2021-08-04", "2021-08-04"),
    ])
    func `a time moves and keeps its spelling`(before: String, after: String) throws {
        #expect(try moved(before, 2 * Self.hour) == after)
    }

    @Test func `an offset is rounded to what the spelling can say`() throws {
        #expect(try moved("2021-08-04T07:45:44Z", 1_499_999_999) == "2021-08-04T07:45:45Z")
        #expect(try moved("2021-08-04T07:45:44.1Z", -60_000_000) == "2021-08-04T07:45:44.0Z")
        #expect(try moved("2021-08-04", 36 * Self.hour) == "2021-08-06")
        #expect(try moved("2021-08-04T23:59:59.999999999Z", 1) == "2021-08-05T00:00:00.000000000Z")
    }

    @Test(arguments: [
        ("....", TimestampShift.Obstacle.notATime), ("", .notATime), ("-", .notATime), ("12e9", .notATime),
        ("2021-02-30T00:00:00Z", .notATime), ("1638316800.", .notATime), ("163831680012345", .notATime),
        ("0001-01-01T00:00:00Z", .unsetClock), ("1970-01-01T00:00:07Z", .unsetClock), ("0", .unsetClock),
        ("-5", .unsetClock), ("9999-12-31T23:00:00Z", .outOfRange), ("2010-01-01", .unsetClock),
    ])
    func `what cannot be moved says why`(text: String, reason: TimestampShift.Obstacle) {
        let offset = text == "2010-01-01" ? -48 * Self.hour : 2 * Self.hour
        let expected = text == "2010-01-01" ? .outOfRange : reason
        #expect(throws: expected) { try moved(text, offset) }
    }

    @Test func `moving there and back gives the same bytes`() throws {
        var random = SeededGenerator(seed: 5)
        let zones = ["Z", "z", "", "+02:00", "-0330", "+01"]
        for _ in 0..<5_000 {
            let text: String
            let fraction = (0..<Int.random(in: 0...11, using: &random)).map { _ in Int.random(in: 0...9, using: &random)
            }
            let digits = fraction.map(String.init).joined()
            if Bool.random(using: &random) {
                let whole =
                    Bool.random(using: &random)
                    ? Int64.random(in: 1_300_000_000...3_000_000_000, using: &random)
                    : Int64.random(in: 1_300_000_000_000...3_000_000_000_000, using: &random)
                text = "\(whole)" + (digits.isEmpty ? "" : "." + digits)
            } else {
                let instant = Timestamp(
                    nanoseconds: Int64.random(
                        in: 1_300_000_000_000_000_000...3_000_000_000_000_000_000, using: &random))
                let parts = instant.rfc3339.dropLast(11)
                text =
                    parts.replacing("T", with: Bool.random(using: &random) ? "T" : " ")
                    + (digits.isEmpty ? "" : "." + digits) + (zones.randomElement(using: &random) ?? "")
            }
            let offset = Int64.random(in: -1_000_000_000_000_000...1_000_000_000_000_000, using: &random)
            #expect(try moved(try moved(text, offset), -offset) == text, "\(text) by \(offset)")
        }
    }

    @Test func `every member that a typed model reads as a time is known`() {
        #expect(TimestampFields.names(of: .telemetry).map(\.description) == ["timestamp"])
        #expect(
            TimestampFields.names(of: .license).map(\.description) == ["expires_at", "expired_at", "current_time"])
        #expect(TimestampFields.names(of: .command).isEmpty)
    }
}
