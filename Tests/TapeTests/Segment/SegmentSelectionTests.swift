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
                var topics: [SegmentPlayer.Topic?] = []
                for index in segment.layout.topics.indices {
                    let name = try segment.topic(index)
                    topics.append(Bool.random(using: &random) ? SegmentPlayer.Topic(name: name) : nil)
                }
                let player = try SegmentPlayer(
                    segment, first: 1, topics: topics, window: window, clocks: TestClocks.all)
                var selected: [RecordedMessage] = []
                while let message = try player.next() { selected.append(message) }
                let names = topics.compactMap { topic in topic.map { Array($0.name.utf8) } }
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
        let none = try SegmentRows(segment, window: .min ..< .max) { _ in false }
        #expect(none.rows.isEmpty && none.contents.isEmpty)
        let early = try SegmentRows(segment, window: .min ..< .min + 1) { _ in true }
        #expect(early.contents.isEmpty)
    }
}
