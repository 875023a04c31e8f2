import Tape
import Testing

@testable import Recorder

@Suite struct DropCountTests {
    private static let second: Int64 = 1_000_000_000

    private static func count(_ messages: (String, String)...) -> DropCount? {
        messages.reduce(nil) { DropCount(topic: $1.0, payload: Array($1.1.utf8), after: $0) }
    }

    @Test func `a broker that tells its time but no number has dropped nothing lately`() {
        let clock = SideClient.clockTopic
        let counter = SideClient.counterTopic
        #expect(Self.count((clock, "120 seconds")) == Self.count((clock, "x"), (clock, "y")))
        #expect(Self.count((clock, "120 seconds"))?.value == nil && Self.count((clock, "120 seconds")) != nil)
        #expect(Self.count((counter, "7"))?.value == 7)
        #expect(Self.count((clock, "1"), (counter, "7"), (clock, "2"))?.value == 7)
    }

    @Test func `a number that is taken away stays what it was, and no number is none`() {
        #expect(Self.count((SideClient.counterTopic, "7"), (SideClient.counterTopic, ""))?.value == 7)
        #expect(Self.count((SideClient.counterTopic, "")) == nil)
        #expect(Self.count((SideClient.counterTopic, "many"), ("a/b", "7")) == nil)
    }

    /// A recording at QoS 0 of a broker that was quiet at second 11.
    private static func quiet() -> LossWatch {
        var watch = LossWatch(at: 9 * second)
        watch.hasCounter = true
        watch.delivered(packetID: nil, dup: false, at: 10 * second)
        watch.count(nil, at: 11 * second)
        watch.turn(drained: true, began: 11 * second, at: 11 * second)
        return watch
    }

    @Test func `the first number after quiet says that messages were dropped, but not how many`() {
        var watch = Self.quiet()
        #expect(watch.storedRows().isEmpty)
        watch.count(90, at: 13 * Self.second)
        watch.turn(drained: true, began: 13 * Self.second, at: 13 * Self.second)
        let rows = watch.storedRows()
        #expect(rows.map(\.cause) == [.brokerDropped])
        #expect(rows.map(\.missing) == [nil])
        #expect(rows.first?.detail.contains("90") == true)
        #expect(watch.missing == 0 && watch.lastRise == 13 * Self.second)
        // From there on the number is known.
        watch.count(95, at: 40 * Self.second)
        watch.turn(drained: true, began: 40 * Self.second, at: 40 * Self.second)
        #expect(watch.storedRows().map(\.missing) == [5])
        #expect(watch.missing == 5)
    }

    @Test func `what the numbers show of the first rise does not make the next one smaller`() {
        var watch = LossWatch(at: 9 * Self.second)
        for packetID in 1...100 as ClosedRange<UInt16> {
            watch.delivered(packetID: packetID, dup: false, at: 9 * Self.second)
        }
        watch.delivered(packetID: nil, dup: false, at: 9 * Self.second)
        watch.count(nil, at: 11 * Self.second)
        watch.turn(drained: true, began: 11 * Self.second, at: 11 * Self.second)
        watch.count(90, at: 13 * Self.second)
        watch.turn(drained: true, began: 13 * Self.second, at: 13 * Self.second)
        watch.delivered(packetID: 111, dup: false, at: 14 * Self.second)
        watch.count(90, at: 15 * Self.second)
        watch.turn(drained: true, began: 15 * Self.second, at: 15 * Self.second)
        watch.count(95, at: 60 * Self.second)
        watch.turn(drained: true, began: 60 * Self.second, at: 60 * Self.second)
        #expect(watch.missing == 10 + 5)
    }

    @Test func `a number that was there at once is where counting begins`() {
        var watch = LossWatch(at: 9 * Self.second)
        watch.hasCounter = true
        watch.delivered(packetID: nil, dup: false, at: 10 * Self.second)
        watch.count(90, at: 11 * Self.second)
        watch.turn(drained: true, began: 11 * Self.second, at: 11 * Self.second)
        #expect(watch.storedRows().isEmpty)
    }
}
