import DeviceProtocol
import Foundation
import Testing

@testable import Tapedeck

@Suite struct TimeExpressionTests {
    /// A Sunday afternoon at the end of a tape.
    static let reference = "2026-11-22T15:00:00.5Z"

    static func resolve(
        _ text: String, in zone: String = "UTC", reference: String = reference
    ) throws -> String {
        try TimeExpression.parse(text).resolve(
            now: try #require(Timestamp(rfc3339: reference)), zone: try #require(TimeZone(identifier: zone))
        ).rfc3339
    }

    @Test(
        arguments: [
            ("2026-11-22T14:30:00Z", "2026-11-22T14:30:00.000000000Z"),
            ("2026-11-22t14:30:00z", "2026-11-22T14:30:00.000000000Z"),
            ("2026-11-22 14:30:00.123456789Z", "2026-11-22T14:30:00.123456789Z"),
            ("2026-11-22T14:30:00.5+05:45", "2026-11-22T08:45:00.500000000Z"),
            ("2026-11-22 14:30-08:00", "2026-11-22T22:30:00.000000000Z"),
            ("2026-11-22 14:30 -08:00", "2026-11-22T22:30:00.000000000Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000000Z"),
            ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.250000000Z"),
            ("@1764000000", "2025-11-24T16:00:00.000000000Z"),
            ("@1764000000.123456789", "2025-11-24T16:00:00.123456789Z"),
            ("@1764000000123", "2025-11-24T16:00:00.123000000Z"),
            ("@1764000000123456", "2025-11-24T16:00:00.123456000Z"),
            ("@1764000000123456789", "2025-11-24T16:00:00.123456789Z"),
            ("@0", "1970-01-01T00:00:00.000000000Z"),
        ], ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
    func `an instant is the same in every zone`(expression: (text: String, expected: String), zone: String) throws {
        #expect(try Self.resolve(expression.text, in: zone) == expression.expected)
    }

    @Test(arguments: [
        ("2026-11-22", "UTC", "2026-11-22T00:00:00.000000000Z"),
        ("2026-11-22", "Europe/Berlin", "2026-11-21T23:00:00.000000000Z"),
        ("2026-07-22 14:30", "Europe/Berlin", "2026-07-22T12:30:00.000000000Z"),
        ("2026-11-22T14:30:05.25", "Asia/Kathmandu", "2026-11-22T08:45:05.250000000Z"),
        ("  2026-11-22   9:05  ", "UTC", "2026-11-22T09:05:00.000000000Z"),
    ])
    func `a time without an offset is local`(text: String, zone: String, expected: String) throws {
        #expect(try Self.resolve(text, in: zone) == expected)
    }

    @Test(
        arguments: [
            ("now", "2026-11-22T15:00:00.500000000Z"), ("-15m", "2026-11-22T14:45:00.500000000Z"),
            ("-1h30m", "2026-11-22T13:30:00.500000000Z"), ("-2d", "2026-11-20T15:00:00.500000000Z"),
            ("+10s", "2026-11-22T15:00:10.500000000Z"), ("15m ago", "2026-11-22T14:45:00.500000000Z"),
            ("2 Hours AGO", "2026-11-22T13:00:00.500000000Z"), (" NOW ", "2026-11-22T15:00:00.500000000Z"),
            ("1h 30m ago", "2026-11-22T13:30:00.500000000Z"),
        ], ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
    func `a relative time counts from the reference`(
        expression: (text: String, expected: String), zone: String
    ) throws {
        #expect(try Self.resolve(expression.text, in: zone) == expression.expected)
    }

    @Test(arguments: [
        ("14:30", "UTC", "2026-11-22T14:30:00.000000000Z"), ("15:00", "UTC", "2026-11-22T15:00:00.000000000Z"),
        ("15:00:00.5", "UTC", "2026-11-22T15:00:00.500000000Z"), ("15:01", "UTC", "2026-11-21T15:01:00.000000000Z"),
        ("15:30", "Europe/Berlin", "2026-11-22T14:30:00.000000000Z"),
        ("16:30", "Europe/Berlin", "2026-11-21T15:30:00.000000000Z"),
        ("20:45", "Asia/Kathmandu", "2026-11-22T15:00:00.000000000Z"),
        ("0:00", "UTC", "2026-11-22T00:00:00.000000000Z"),
    ])
    func `a time of day is the last one up to the reference`(text: String, zone: String, expected: String) throws {
        #expect(try Self.resolve(text, in: zone) == expected)
    }

    @Test(arguments: [
        ("today", "UTC", "2026-11-22T00:00:00.000000000Z"), ("yesterday", "UTC", "2026-11-21T00:00:00.000000000Z"),
        ("Yesterday 14:00", "UTC", "2026-11-21T14:00:00.000000000Z"),
        ("today  09:15", "Europe/Berlin", "2026-11-22T08:15:00.000000000Z"),
        ("yesterday", "Asia/Kathmandu", "2026-11-20T18:15:00.000000000Z"),
    ])
    func `a calendar day counts from the reference's day`(text: String, zone: String, expected: String) throws {
        #expect(try Self.resolve(text, in: zone) == expected)
    }

    @Test(arguments: [
        // The clocks went from 02:00 to 03:00 on 2026-03-29 and from 03:00 to 02:00 on 2026-10-25.
        ("2026-03-29 01:59:59", "2026-03-29T00:59:59.000000000Z"),
        ("2026-03-29 02:00", "2026-03-29T01:00:00.000000000Z"),
        ("2026-03-29 02:30", "2026-03-29T01:30:00.000000000Z"), ("2026-03-29 03:00", "2026-03-29T01:00:00.000000000Z"),
        ("2026-03-29 12:00", "2026-03-29T10:00:00.000000000Z"), ("2026-03-28 12:00", "2026-03-28T11:00:00.000000000Z"),
        ("2026-10-25 01:59:59", "2026-10-24T23:59:59.000000000Z"),
        ("2026-10-25 02:00", "2026-10-25T00:00:00.000000000Z"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00.000000000Z"), ("2026-10-25 03:00", "2026-10-25T02:00:00.000000000Z"),
    ])
    func `a skipped time moves on, and of a repeated one the first is meant`(text: String, expected: String) throws {
        #expect(try Self.resolve(text, in: "Europe/Berlin") == expected)
    }

    @Test func `a day without midnight begins when its clock does, and a skipped day is the next`() throws {
        #expect(try Self.resolve("2023-04-28", in: "Africa/Cairo") == "2023-04-27T22:00:00.000000000Z")
        #expect(try Self.resolve("2011-12-30 12:00", in: "Pacific/Apia") == "2011-12-30T22:00:00.000000000Z")
    }

    @Test func `the day before is a calendar day, also when the clocks change`() throws {
        let reference = "2026-03-29T10:00:00Z"
        #expect(
            try Self.resolve("13:00", in: "Europe/Berlin", reference: reference) == "2026-03-28T12:00:00.000000000Z")
        #expect(
            try Self.resolve("yesterday 13:00", in: "Europe/Berlin", reference: reference)
                == "2026-03-28T12:00:00.000000000Z")
    }
}
