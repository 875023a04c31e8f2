import MQTTWire
import Testing

@testable import MQTTSession
@testable import Replay

struct PublisherControlTests {
    private let clock = ManualClock()
    private let second: Int64 = 1_000_000_000

    /// A message each second.
    private func bench(_ count: Int, step: Int64 = 1_000_000_000) -> (PublisherBench, ScriptedTarget) {
        let cues = (0..<count).map { number -> Cue in
            var message = OutgoingMessage.sample(Int64(number) + 1, offset: Int64(number) * step)
            message.topic = "\(number)"
            return Cue(message)
        }
        let target = ScriptedTarget(clock)
        let bench = PublisherBench(clock, cues)
        bench.makeTarget = { _ in target }
        return (bench, target)
    }

    private func times(_ target: ScriptedTarget) -> [Int64] { target.published.map { $0.time - 1_000 } }

    @Test func `what was paused goes on exactly where it stood`() throws {
        let (bench, target) = bench(4)
        bench.press(.togglePause, at: 1_300_000_001)
        bench.press(.togglePause, at: 9_000_000_000)
        let report = try bench.run()
        let pause: Int64 = 9_000_000_000 - 1_300_000_001
        #expect(times(target) == [0, second, 2 * second + pause, 3 * second + pause])
        #expect(report.paused == pause)
        #expect(report.lateness?.maximum == 0)
        #expect(report.duration == report.plannedDuration)
        #expect(report.isComplete)
    }

    @Test func `while it stands still single messages can be sent, and the rest follows in its own spacing`() throws {
        let (bench, target) = bench(4)
        bench.settings.startsPaused = true
        bench.press(.next, at: 5 * second)
        bench.press(.next, at: 6 * second)
        bench.press(.togglePause, at: 10 * second)
        let report = try bench.run()
        #expect(times(target) == [5 * second, 6 * second, 11 * second, 12 * second])
        #expect(report.paused == 10 * second)
        #expect(report.isComplete)
    }

    @Test func `a new rate holds from the instant on at which it was asked for`() throws {
        let (bench, target) = bench(4)
        bench.press(.scaleRate(2), at: second + 500_000_000)
        let report = try bench.run()
        #expect(times(target) == [0, second, 1_750_000_000, 2_250_000_000])
        #expect(report.rateChanges == 1)
    }

    @Test func `going forward passes over messages`() throws {
        let (bench, target) = bench(30)
        bench.press(.seek(10 * second), at: second + 500_000_000)
        let report = try bench.run()
        #expect(target.published.map(\.sequence) == ["0", "1"] + (12..<30).map { "\($0)" })
        #expect(times(target)[2] == 2 * second)
        #expect(report.seeks == 1)
        #expect(report.isComplete)
    }

    @Test func `at so many a second one goes on from the message whose turn it is`() throws {
        let (bench, target) = bench(30)
        bench.settings.pace = .perSecond(10)
        // Message 5 is next, which was recorded at second 5: with 10 s more it is message 15.
        bench.press(.seek(10 * second), at: 450_000_000)
        let report = try bench.run()
        #expect(target.published.map(\.sequence) == (0..<5).map { "\($0)" } + (15..<30).map { "\($0)" })
        #expect(report.seeks == 1)
    }

    @Test func `going back sends again what is passed`() throws {
        let (bench, target) = bench(30)
        bench.press(.seek(-10 * second), at: 12 * second + 500_000_000)
        let report = try bench.run()
        #expect(
            target.published.map(\.sequence) == (0...12).map { "\($0)" } + (3..<30).map { "\($0)" })
        #expect(times(target)[13] == 13 * second)
        #expect(report.lateness?.maximum == 0)
        #expect(report.isComplete)
    }

    @Test func `going beyond the end ends it, and before the beginning begins again`() throws {
        let (bench, target) = bench(5)
        bench.press(.seek(-60 * second), at: second + 1)
        bench.press(.seek(600 * second), at: 2 * second + 500_000_000)
        let report = try bench.run()
        #expect(target.published.map(\.sequence) == ["0", "1", "0", "1"])
        #expect(report.ending == .completed)
    }

    @Test func `the wish to stop ends it in order`() throws {
        let (bench, target) = bench(5)
        bench.press(.stop, at: second + 1)
        let report = try bench.run()
        #expect(report.ending == .interrupted)
        #expect(report.sent == 2)
        #expect(target.isDisconnected)
    }

    @Test func `the first message waits for the delay, and that is not late`() throws {
        let (bench, target) = bench(2)
        bench.settings.delay = 7 * second
        let report = try bench.run()
        #expect(times(target) == [7 * second, 8 * second])
        #expect(report.lateness?.maximum == 0)
        #expect(report.duration == second)
    }

    @Test func `messages a second replace the recorded timing`() throws {
        let (bench, target) = bench(5)
        bench.settings.pace = .perSecond(1_000)
        let report = try bench.run()
        #expect(times(target) == [0, 1_000_000, 2_000_000, 3_000_000, 4_000_000])
        #expect(report.plannedDuration == 4_000_000)
        #expect(report.lateness?.maximum == 0)
    }

    @Test func `full speed under a cap keeps to it`() throws {
        let (bench, target) = bench(1_000)
        bench.settings.pace = .maximum
        bench.settings.cap = 1_000
        let report = try bench.run()
        let last = times(target).last ?? 0
        #expect((890_000_000...1_000_000_000).contains(last))
        #expect(report.lateness == nil)
        #expect(report.isComplete)
    }

    @Test func `a cap spreads a recorded burst, and the spread is no lateness`() throws {
        let (bench, target) = bench(1_000, step: 0)
        bench.settings.cap = 1_000
        let report = try bench.run()
        #expect((times(target).last ?? 0) >= 890_000_000)
        #expect(report.lateness?.maximum == 0)
        #expect(report.capped > 800)
    }

    @Test func `the pause between two rounds holds where recorded time does not count`() throws {
        for pace in [Pace.maximum, .perSecond(1_000)] {
            var cues = (0..<4).map { Cue(OutgoingMessage.sample(Int64($0), offset: 0)) }
            cues[2].leadIn = 5 * second
            let target = ScriptedTarget(clock)
            let bench = PublisherBench(clock, cues)
            bench.makeTarget = { _ in target }
            bench.settings.pace = pace
            let start = clock.monotonic
            _ = try bench.run()
            let times = target.published.map { $0.time - start }
            #expect(times[1] < second)
            #expect((5 * second..<6 * second).contains(times[2]))
        }
    }

    @Test func `a hundred keys pressed at once are taken in order`() throws {
        let (bench, target) = bench(10)
        bench.at(second + 1) {
            for _ in 0..<50 { bench.controls.send(.scaleRate(1.25)) }
            for _ in 0..<50 { bench.controls.send(.scaleRate(0.8)) }
        }
        _ = try bench.run()
        #expect(times(target) == (0..<10).map { Int64($0) * second })
    }

    @Test func `what held before the window goes out first and recorded time begins after it`() throws {
        let (bench, target) = bench(3)
        let state = (0..<40).map { number -> Cue in
            var message = OutgoingMessage.sample(Int64(number), qos: .atLeastOnce)
            message.topic = "s\(number)"
            message.isState = true
            return Cue(message)
        }
        // A state that the window of the broker holds up for a while must not make the rest late.
        target.terms.receiveMaximum = 10
        target.acknowledges = false
        bench.at(3 * second) { target.acknowledgeAll() }
        bench.at(6 * second) {
            target.acknowledges = true
            target.acknowledgeAll()
        }
        bench.prelude = state
        let report = try bench.run()
        #expect(target.published.count == 43)
        let begin = times(target)[40]
        #expect(begin >= 6 * second)
        #expect(Array(times(target).suffix(3)) == [begin, begin + second, begin + 2 * second])
        #expect(report.lateness?.maximum == 0)
        #expect(report.duration == 2 * second)
        #expect(report.isComplete)
    }
}
