import DeviceProtocol
import Testing

@testable import Recorder

@Suite struct IncidentPlannerTests {
    private static let second: Int64 = 1_000_000_000

    private static func planner(perHour: Int = 60) -> IncidentPlanner {
        IncidentPlanner(TriggerTiming(before: 10 * second, after: 20 * second, perHour: perHour))
    }

    private static func add(_ planner: inout IncidentPlanner, at time: Int64) -> IncidentPlanner.Outcome {
        let moment = TriggerMoment(monotonic: time * second, wall: (1_000_000 + time) * second)
        return planner.add(
            TriggerReason(condition: "at \(time)", at: Timestamp(nanoseconds: moment.wall)), at: moment)
    }

    private static func window(_ plan: IncidentPlan) -> [Int64] {
        [plan.from, plan.until].map { $0.nanoseconds / second - 1_000_000 }
    }

    @Test func `an incident is due when its window has ended`() {
        var planner = Self.planner()
        #expect(Self.add(&planner, at: 100) == .begun)
        #expect(planner.takeDue(119 * Self.second).isEmpty)
        let due = planner.takeDue(120 * Self.second)
        #expect(due.map(Self.window) == [[90, 120]])
        #expect(due.first?.reasons.map(\.condition) == ["at 100"])
        #expect(planner.open.isEmpty)
    }

    @Test func `overlapping incidents become one with all reasons and a window around both`() {
        var planner = Self.planner()
        #expect(Self.add(&planner, at: 100) == .begun)
        #expect(Self.add(&planner, at: 115) == .merged)
        #expect(planner.takeDue(120 * Self.second).isEmpty)
        let due = planner.takeDue(135 * Self.second)
        #expect(due.map(Self.window) == [[90, 135]])
        #expect(due.first?.reasons.map(\.condition) == ["at 100", "at 115"])
        #expect(due.first?.firings == 2)
        #expect(Self.add(&planner, at: 200) == .begun)
    }

    @Test func `an incident that does not end is cut in pieces`() {
        var planner = Self.planner()
        var pieces: [IncidentPlan] = []
        for time in Int64(0)..<9_000 {
            _ = Self.add(&planner, at: time)
            pieces += planner.takeDue(time * Self.second)
        }
        #expect(pieces.count == 2)
        for piece in pieces {
            #expect(piece.length <= IncidentPlanner.hour)
            #expect(piece.reasons.count == IncidentPlan.manyReasons)
            #expect(piece.firings > 3_000)
        }
        // The pieces overlap by what lies before a trigger: nothing is between them.
        #expect(pieces[1].from < pieces[0].until)
    }

    @Test func `only so many begin within an hour, and the rest is told once`() {
        var planner = Self.planner(perHour: 2)
        func outcome(_ time: Int64) -> IncidentPlanner.Outcome {
            _ = planner.takeDue(time * Self.second)
            return Self.add(&planner, at: time)
        }
        #expect(outcome(0) == .begun)
        #expect(outcome(100) == .begun)
        // What belongs to an incident that has begun is none of its own.
        #expect(outcome(110) == .merged)
        #expect(outcome(200) == .limited(isFirst: true))
        #expect(outcome(300) == .limited(isFirst: false))
        #expect(outcome(3_599) == .limited(isFirst: false))
        #expect(outcome(3_600) == .begun)
        #expect(outcome(3_650) == .limited(isFirst: true))
        #expect(outcome(3_700) == .begun)
    }

    @Test func `a step of the wall clock does not keep an incident from its end`() {
        var planner = Self.planner()
        #expect(Self.add(&planner, at: 100) == .begun)
        let moment = TriggerMoment(monotonic: 105 * Self.second, wall: (1_000_000 + 105 - 7_200) * Self.second)
        let reason = TriggerReason(condition: "after the step", at: Timestamp(nanoseconds: moment.wall))
        #expect(planner.add(reason, at: moment) == .begun)
        #expect(planner.takeDue(125 * Self.second).count == 2)
    }

    @Test func `all is taken at the end`() {
        var planner = Self.planner()
        _ = Self.add(&planner, at: 100)
        #expect(planner.takeDue(nil).count == 1)
    }
}
