import DeviceProtocol
import MQTTWire
import TestSupport
import Testing

@testable import Tape

@Suite struct SegmentRoundTripTests {
    private func check(_ drafts: [Draft], _ name: String) {
        guard let failure = SegmentRoundTrip.failure(drafts) else { return }
        let small = Shrinker.smallest(drafts) { SegmentRoundTrip.failure($0) != nil }
        Issue.record(
            """
            \(name): \(failure.prefix(400))
            smallest: \(Shrinker.describe(small).prefix(2_000))
            which is: \(SegmentRoundTrip.failure(small)?.prefix(400) ?? "nothing")
            """)
    }

    /// Messages with these payloads, several times over, so that they make groups.
    private func drafts(_ payloads: [[UInt8]], times: Int = 5, topic: String = "v1/device/a/telemetry") -> [Draft] {
        var drafts: [Draft] = []
        for _ in 0..<times {
            for payload in payloads {
                var message = RecordedMessage.plain(topic, at: 0)
                message.arrival = Timestamp(nanoseconds: TapeWriter.testOffset + Int64(drafts.count) * 1_000_000)
                message.payload = payload
                drafts.append(Draft(message: message, clock: 1, distance: nil))
            }
        }
        return drafts
    }

    @Test(arguments: 0..<8) func `random messages come back exactly`(part: UInt64) {
        for seed in part * 25..<part * 25 + 25 {
            var messages = RandomMessages(seed: seed)
            check(messages.drafts(1 + Int(seed * 7 % 90)), "seed \(seed)")
        }
    }

    @Test func `many random messages in one segment come back exactly`() {
        var messages = RandomMessages(seed: 1_000)
        check(messages.drafts(2_500), "seed 1000")
    }

    @Test func `segments share what recurs, and each comes back`() throws {
        var dictionary = TapeDictionary()
        var messages = RandomMessages(seed: 2_000)
        for _ in 0..<6 {
            let drafts = messages.drafts(60)
            let trip = try SegmentRoundTrip(drafts, dictionary: dictionary)
            #expect(trip.restored == drafts.placed())
            dictionary = trip.dictionary
        }
    }

    @Test(
        arguments: [
            "1", "-0", "1e400", "\"\"", "null", "[]", "[ ]", "{}", "[[]]", "[[],[]]", "[1]", "[1,2]", "[1 ,2]",
            "[1, 2 ,3]",
            " [ 1 ] ", "{\"a\":[]}", "{\"a\":[1],\"a\":[1,2]}", "[{},[1],[1,2,3]]", "\n\t1\r ", "", " ", "{\"a\":1",
            "nul",
            "\u{0}", "[\"\\ud800\"]", "\"\\ud800\\ud800\"", "{\"\":\"\"}", "[1.0,1.00,1e0,1E+0]",
            "[9223372036854775807,-9223372036854775808,9223372036854775808]", "\u{feff}1", "[,]", "01", "1.",
            "\"\u{1}\"",
        ])
    func `any payload comes back, alone and among its like`(text: String) {
        for times in [1, 3, 4, 5, 70] { check(drafts([Array(text.utf8)], times: times), "\(times) × \(text)") }
        check(drafts([Array(text.utf8), Array("{\"a\":1}".utf8)]), "\(text) among others")
    }

    @Test func `lists of changing length come back`() {
        let texts = (0..<200).map { number in
            let list = (0..<number % 7).map { "\($0 * number)" }
            return Array("{\"v\":[\(list.joined(separator: ", "))],\"w\":[\(list.first ?? "")]}".utf8)
        }
        check(drafts(texts, times: 1), "lists")
    }

    @Test func `payloads that are too long, too wide or too deep to be taken apart come back`() {
        let long = Array("{\"a\":\"\(String(repeating: "x", count: 1 << 20))\"}".utf8)
        let wide = Array("{\((0..<1_100).map { "\"k\($0)\":\($0)" }.joined(separator: ","))}".utf8)
        let elements = Array("[\((0..<5_000).map { "\($0)" }.joined(separator: ","))]".utf8)
        let deep = Array((String(repeating: "[", count: 512) + String(repeating: "]", count: 512)).utf8)
        let deeper = Array((String(repeating: "[", count: 513) + String(repeating: "]", count: 513)).utf8)
        check(drafts([wide, elements, deep, deeper], times: 4), "large")
        check(drafts([long], times: 2), "1 MiB")
    }

    @Test func `text of a full segment that no form fits comes back`() {
        // More than any column has elements: a length in bytes is no number of elements.
        let payloads = (0..<17).map { number in
            [UInt8(number)] + Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        }
        #expect(SegmentRoundTrip.failure(drafts(payloads, times: 1)) == nil)
    }

    @Test func `property values of the greatest length come back`() {
        var drafts = drafts([Array("{}".utf8)], times: 6)
        for index in drafts.indices {
            drafts[index].message.properties = PublishProperties([
                .correlationData((0..<65_535).map { UInt8(truncatingIfNeeded: $0 &* index) }),
                .userProperty(name: String(repeating: "n", count: 65_535), value: ""),
                .userProperty(name: "", value: String(repeating: "v", count: 65_535 - index % 2)),
            ])
        }
        check(drafts, "long properties")
    }

    @Test func `counts beside the payload come back at their limits`() {
        var drafts = drafts([Array("{\"a\":1}".utf8)], times: 8)
        for (index, value) in [0, 1, Int64.max, Int64.min, -1, 2, 3, 0].enumerated() { drafts[index].distance = value }
        for (index, value) in [0, 1, Int.max, 2, 3, 4, 5, 6].enumerated() { drafts[index].message.redactions = value }
        for (index, value) in [UInt16.max, nil, 1, 0, nil, nil, 2, 3].enumerated() {
            drafts[index].message.packetID = value
        }
        check(drafts, "limits")
    }

    @Test func `what comes late in a column and is unlike its sample comes back`() {
        // The form is chosen by a sample; these rows lie between its stretches.
        var texts = (0..<3_000).map { Array("{\"t\":\"2026-03-01T00:00:01.\(100 + $0 % 900)Z\",\"v\":\($0).5}".utf8) }
        for (index, odd) in ["null", "-0", "1e400", "\"2026-02-30T00:00:00Z\"", "0.50", "12345678901234567890"]
            .enumerated()
        {
            texts[700 + index] = Array("{\"t\":\(odd),\"v\":\(odd)}".utf8)
        }
        check(drafts(texts, times: 1), "odd rows")
    }

    @Test func `sixty thousand payloads that have nothing in common come back, in bounded time and space`() throws {
        let payloads = (0..<60_000).map { Array("{\"k\($0)\":[{\"x\($0)\":\($0)}]}".utf8) }
        let drafts = drafts(payloads, times: 1)
        let start = ContinuousClock.now
        let trip = try SegmentRoundTrip(drafts)
        #expect(trip.restored == drafts.placed())
        #expect(trip.sealed.literal == 0)
        #expect(trip.sealed.encoded.index.templates.count <= 2)
        #expect(trip.sealed.encoded.body.count < payloads.reduce(0) { $0 + $1.count })
        #expect(ContinuousClock.now - start < .seconds(300))
    }

    @Test func `as many shapes as possible, each often enough for a group, stay within the limit of groups`() throws {
        let payloads = (0..<SegmentEncoder.groupLimit + 300).map { Array("{\"k\($0)\":\($0)}".utf8) }
        let drafts = drafts(payloads, times: SegmentEncoder.groupThreshold)
        let trip = try SegmentRoundTrip(drafts)
        #expect(trip.restored == drafts.placed())
        let reader = try SegmentRoundTrip.reader(trip.sealed.encoded, trip.dictionary)
        #expect(reader.layout.groups.count <= SegmentEncoder.groupLimit + 1)
    }
}
