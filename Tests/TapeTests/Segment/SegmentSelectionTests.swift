import DeviceProtocol
import TestSupport
import Testing

@testable import Tape

@Suite struct SegmentSelectionTests {
    @Test func `some topics and a window of a segment give what all of it gives for them`() throws {
        var random = SeededGenerator(seed: 5)
        for seed in UInt64(0)..<60 {
            var messages = RandomMessages(seed: 3_000 + seed)
            let drafts = messages.drafts(40)
            let trip = try SegmentRoundTrip(drafts)
            for _ in 0..<4 {
                let segment = try SegmentRoundTrip.reader(trip.sealed.encoded, trip.dictionary)
                let bounds = [drafts.randomElement(using: &random), drafts.randomElement(using: &random)]
                    .compactMap { $0?.message.arrival.nanoseconds }.sorted()
                let window = Bool.random(using: &random) ? bounds[0]..<bounds[1] : .min ..< .max
                var names: [[UInt8]] = []
                let player = try SegmentRoundTrip.player(segment, window: window) { name in
                    guard Bool.random(using: &random) else { return false }
                    names.append(Array(name.utf8))
                    return true
                }
                var selected: [RecordedMessage] = []
                while let message = try player.next() { selected.append(message) }
                let expected = drafts.placed().filter {
                    window.contains($0.arrival.nanoseconds) && names.contains(Array($0.topic.utf8))
                }
                #expect(selected == expected, "seed \(seed)")
            }
        }
    }

    @Test func `what is not wanted is not restored`() throws {
        var messages = RandomMessages(seed: 9)
        let trip = try SegmentRoundTrip(messages.drafts(300))
        let segment = try SegmentRoundTrip.reader(trip.sealed.encoded, trip.dictionary)
        let none = try SegmentRows(segment, window: .min ..< .max) { _, _ in false }
        #expect(none.rows.isEmpty && none.contents.isEmpty)
        let early = try SegmentRows(segment, window: .min ..< .min + 1)
        #expect(early.contents.isEmpty)
    }
}
