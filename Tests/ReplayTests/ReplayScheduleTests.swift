import Testing

@testable import Replay

struct ReplayScheduleTests {
    @Test func `deadlines hang on one instant alone`() {
        let schedule = ReplaySchedule(instant: 5_000, rate: 1)
        #expect(schedule.deadline(at: 0) == 5_000)
        #expect(schedule.deadline(at: 1) == 5_001)
        #expect(schedule.deadline(at: 86_400_000_000_001) == 86_400_000_005_001)
    }

    @Test func `a higher rate is faster and a lower one slower`() {
        #expect(ReplaySchedule(rate: 10).deadline(at: 1_000) == 100)
        #expect(ReplaySchedule(rate: 0.5).deadline(at: 1_000) == 2_000)
    }

    @Test func `a pause moves everything behind it by its length, to the nanosecond`() {
        var schedule = ReplaySchedule(instant: 1_000, rate: 1)
        schedule.hold(at: 1_700)
        #expect(schedule.deadline(at: 800) == .max)
        #expect(schedule.place(at: 999_999) == 700)
        schedule.release(at: 5_001)
        #expect(schedule.deadline(at: 700) == 5_001)
        #expect(schedule.deadline(at: 1_000_000) == 1_000_000 + 1_000 + 3_301)
    }

    @Test func `a thousand pauses of original timing leave no error behind`() {
        var schedule = ReplaySchedule(instant: 17, rate: 1)
        var now: Int64 = 17
        for step in 1...1_000 {
            now += Int64(step) * 333
            schedule.hold(at: now)
            now += 7
            schedule.release(at: now)
        }
        #expect(schedule.deadline(at: 0) == 17 + 7_000)
    }

    @Test func `a change of rate goes on from the place where it happens`() {
        var schedule = ReplaySchedule(rate: 1)
        schedule.setRate(4, at: 1_000)
        #expect(schedule.place(at: 1_000) == 1_000)
        #expect(schedule.deadline(at: 5_000) == 2_000)
        schedule.setRate(0.5, at: 2_000)
        #expect(schedule.deadline(at: 5_100) == 2_200)
    }

    @Test func `a pause before the beginning keeps what was left of the wait`() {
        var schedule = ReplaySchedule(instant: 1_000, rate: 2)
        schedule.hold(at: 400)
        schedule.release(at: 10_000)
        #expect(schedule.deadline(at: 0) == 10_600)
    }

    @Test func `a jump while it stands still is taken up when it goes on`() {
        var schedule = ReplaySchedule(rate: 1)
        schedule.hold(at: 10)
        schedule.jump(to: 5_000, at: 20)
        schedule.release(at: 30)
        #expect(schedule.deadline(at: 5_001) == 31)
        schedule.postpone(by: 100)
        #expect(schedule.deadline(at: 5_001) == 131)
    }

    @Test func `the longest tape at the lowest rate does not trap`() {
        let schedule = ReplaySchedule(instant: .max - 10, rate: 0.000_001)
        #expect(schedule.deadline(at: .max) == .max)
        #expect(schedule.place(at: .min) < 0)
        #expect(ReplaySchedule(at: .min, instant: .min, rate: 1).deadline(at: .max) == .max)
    }

    @Test func `a cap lets an even flow pass and spreads what is above it after a short burst`() {
        var cap = RateCap(messagesPerSecond: 1_000)
        for instant in stride(from: Int64(0), to: 1_000_000_000, by: 1_000_000) {
            #expect(cap.earliest <= instant)
            cap.note(at: instant)
        }
        var flood = RateCap(messagesPerSecond: 1_000)
        var now: Int64 = 0
        for _ in 0..<2_000 {
            now = max(now, flood.earliest)
            flood.note(at: now)
        }
        // The burst is a tenth of a second.
        #expect(now == 2_000_000_000 - RateCap.burst - 1_000_000)
    }

    @Test func `messages a second last as long as there are messages`() {
        #expect(Pace.perSecond(100).duration(of: 5, messages: 101) == 1_000_000_000)
        #expect(Pace.rate(2).duration(of: 10, messages: 101) == 5)
        #expect(Pace.maximum.duration(of: 10, messages: 101) == 0)
        #expect(Pace.perSecond(0.001).duration(of: 0, messages: .max) > 0)
    }
}
