import DeviceProtocol
import Testing

@testable import Recorder

@Suite struct IncidentQueueTests {
    private static let second: Int64 = 1_000_000_000

    private static func plan(_ name: String, at time: Int64) -> IncidentPlan {
        IncidentPlan(
            TriggerReason(
                condition: name, device: "ü\u{0}\"", sequence: 7, value: "a\nb", at: Timestamp(nanoseconds: time)),
            from: time - 10, until: time + 20, due: time + 20)
    }

    private static func wall(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: (1_000_000 + seconds) * second) }

    @Test func `one is cut at a time, the oldest first`() {
        var queue = IncidentQueue()
        queue.add([Self.plan("a", at: 100), Self.plan("b", at: 200)])
        #expect(queue.next(0)?.reasons.first?.condition == "a")
        #expect(queue.next(0) == nil)
        #expect(queue.plans.count == 2)
        queue.succeeded()
        #expect(queue.next(0)?.reasons.first?.condition == "b")
        queue.succeeded()
        #expect(queue.next(0) == nil && queue.plans.isEmpty)
    }

    @Test func `what fails is tried every half minute for an hour, is kept meanwhile, and said once`() {
        var queue = IncidentQueue()
        queue.add([Self.plan("a", at: 100)])
        var said: [IncidentOutlook] = []
        var attempts = 0
        for now in 0...7_200 as ClosedRange<Int64> {
            guard queue.next(now * Self.second) != nil else { continue }
            attempts += 1
            if let outlook = queue.failed(at: now * Self.second, wall: Self.wall(now), isEnding: false) {
                said.append(outlook)
            } else {
                #expect(queue.plans.count == 1)
            }
        }
        #expect(said == [.retried, .givenUp])
        #expect(attempts == 121)
        #expect(queue.plans.isEmpty)
    }

    @Test func `others are cut while one waits for its next attempt`() {
        var queue = IncidentQueue()
        queue.add([Self.plan("a", at: 100)])
        _ = queue.next(0)
        #expect(queue.failed(at: 0, wall: Self.wall(0), isEnding: false) == .retried)
        queue.add([Self.plan("b", at: 200)])
        #expect(queue.next(1)?.reasons.first?.condition == "b")
        queue.succeeded()
        #expect(queue.next(2) == nil)
        let again = queue.next(IncidentQueue.pause)
        #expect(again?.reasons.first?.condition == "a" && again?.failingSince == Self.wall(0))
    }

    @Test func `at the end of a recording all are tried once more and left for the next`() {
        var queue = IncidentQueue()
        queue.add([Self.plan("a", at: 100)])
        _ = queue.next(0)
        _ = queue.failed(at: 0, wall: Self.wall(0), isEnding: false)
        queue.hurry()
        #expect(queue.next(1) != nil)
        #expect(queue.failed(at: 1, wall: Self.wall(1), isEnding: true) == .nextRecording)
        #expect(queue.next(1) == nil)
        #expect(queue.plans.count == 1)
    }

    @Test func `an incident comes back from the tape as it was, with what is left of its time`() throws {
        var plan = Self.plan("a", at: 1_000)
        plan.merge(Self.plan("b", at: 1_005))
        plan.failingSince = Self.wall(3)
        let text = IncidentPlan.text([plan, Self.plan("c", at: 9_000)])
        let read = IncidentPlan.read(text, now: TriggerMoment(monotonic: 50, wall: 1_015), longest: 100)
        #expect(read.count == 2)
        #expect(read[0].reasons == plan.reasons && read[0].firings == 2)
        #expect(read[0].from == plan.from && read[0].until == plan.until && read[0].failingSince == plan.failingSince)
        #expect(read[0].due == 50 + 10)
        // A clock that was set back must not keep it open for ever.
        #expect(read[1].due == 50 + 100)
    }

    @Test(arguments: [
        "", "null", "[", "[1]", #"[{"from":5,"until":5}]"#, #"[{"from":1e400,"until":2}]"#, #"{"from":1,"until":2}"#,
    ])
    func `what is no incident is left out`(text: String) {
        #expect(IncidentPlan.read(text, now: TriggerMoment(monotonic: 0, wall: 0), longest: 1).isEmpty)
    }

    @Test func `hostile times do not trap`() {
        let text = #"[{"from":-9223372036854775808,"until":9223372036854775807,"firings":-5,"reasons":[{}]}]"#
        let read = IncidentPlan.read(text, now: TriggerMoment(monotonic: .max, wall: -5), longest: 7)
        #expect(read.count == 1 && read[0].reasons.isEmpty)
    }
}
