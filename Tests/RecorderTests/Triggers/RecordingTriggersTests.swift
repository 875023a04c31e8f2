import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Recorder

/// Triggers in a recording, with a cutter that is no cutter.
@Suite struct RecordingTriggersTests {
    private static let second: Int64 = 1_000_000_000

    private func triggers(
        perHour: Int = 60, cut: @escaping @Sendable () -> Void = {}
    ) throws -> TriggerOptions {
        TriggerOptions(
            conditions: [try TriggerCondition("topic=v1/alarm") { _ in nil }],
            timing: TriggerTiming(before: 0, after: Self.second, perHour: perHour)
        ) { _ in
            cut()
            return TriggerOptions.Cut(path: nil, messages: 0, ofState: 0)
        }
    }

    @Test func `incidents beyond the number that an hour may have are counted, and said once`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let options = try triggers(perHour: 1)
        let client = try bench.record(broker) { $0.triggers = options }
        for id in 1...3 as ClosedRange<UInt16> {
            client.publish("v1/alarm", "\(id)", packetID: id)
            _ = try client.readAcknowledgement()
            try bench.until("the window to end") { [time = bench.time] recorder in
                time.advance(seconds: 1)
                return recorder.triggers?.planner.open.isEmpty ?? true
            }
        }
        let summary = try bench.stop()
        #expect(summary.statistics.triggered == 3)
        #expect(summary.statistics.incidentsLeftOut == 2)
        let said = bench.events.count { if case .incidentsLimited = $0 { true } else { false } }
        #expect(said == 1)
    }

    @Test func `a recording that breaks off waits for the incident that is being cut`() throws {
        let (begun, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let cut = Cut()
        let options = try triggers {
            begun.signal()
            released.wait()
            cut.isDone.withLock { $0 = true }
        }
        let client = try bench.record(broker) { $0.triggers = options }
        client.publish("v1/alarm", "x", packetID: 1)
        _ = try client.readAcknowledgement()
        try bench.until("the cut to begin") { [time = bench.time] recorder in
            time.advance(seconds: 1)
            return recorder.triggers?.cutter.current != nil
        }
        begun.wait()
        // The broker refuses in a new session what it granted before: this ends the recording.
        client.hangUp()
        let again = try broker.accept()
        try again.answerSubscribe(0x87)
        try bench.wait("the refusal") { $0.contains { if case .subscription = $0 { true } else { false } } }
        released.signal()
        #expect(throws: RecorderError.self) { try bench.outcome().get() }
        let isDone = cut.isDone.withLock { $0 }
        #expect(isDone)
    }

    private final class Cut: Sendable {
        let isDone = Mutex(false)
    }
}
