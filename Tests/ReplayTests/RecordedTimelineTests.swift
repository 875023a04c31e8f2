import DeviceProtocol
import Testing

@testable import Replay

struct RecordedTimelineTests {
    private func places(_ messages: [(Int64, Int64, Int64)], longestSilence: Int64? = nil) -> [Int64] {
        var timeline = RecordedTimeline(longestSilence: longestSilence)
        return messages.map { timeline.place(session: $0.0, monotonic: $0.1, arrival: Timestamp(nanoseconds: $0.2)) }
    }

    @Test func `the first message is at zero and nanoseconds are kept`() {
        #expect(places([(1, 500, 9), (1, 501, 9), (1, 1_501, 9)]) == [0, 1, 1_001])
    }

    @Test func `a step of the wall clock within a session changes nothing`() {
        #expect(places([(1, 0, 1_000_000), (1, 10, 5), (1, 20, 9_000_000)]) == [0, 10, 20])
    }

    @Test func `between sessions wall time counts and never runs backwards`() {
        #expect(places([(1, 900, 100), (2, 5, 400), (2, 15, 999), (3, 1, 50), (3, 3, 0)]) == [0, 300, 310, 310, 312])
    }

    @Test func `silences are shortened and everything else is kept`() {
        #expect(places([(1, 0, 0), (1, 3, 0), (1, 1_000, 0), (1, 1_002, 0)], longestSilence: 10) == [0, 3, 13, 15])
    }

    @Test func `hostile times do not trap`() {
        #expect(places([(1, .min, .min), (1, .max, 0), (2, 0, .max), (2, .min, 0)]) == [0, .max, .max, .max])
    }
}
