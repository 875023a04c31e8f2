import Glibc
import MQTTWire
import Synchronization
import Tape
import Testing
import Threads

@testable import Replay

extension OutgoingMessage {
    /// A message of a certain place.
    static func sample(
        _ number: Int64, offset: Int64 = 0, qos: QualityOfService = .atMostOnce, bytes: Int = 10
    ) -> OutgoingMessage {
        OutgoingMessage(
            offset: offset, sequence: number, topic: "t", payload: [UInt8](repeating: 0, count: bytes), qos: qos,
            retain: false, properties: PublishProperties())
    }
}

struct ReadAheadTests {
    private let wake = EventDescriptor()

    /// Takes until the end, giving the producer the processor in between.
    private func drain(_ queue: BoundedQueue) -> (sequences: [Int64], error: (any Error)?) {
        var sequences: [Int64] = []
        while true {
            switch queue.take() {
            case .messages(let cues): sequences += cues.map(\.message.sequence)
            case .empty: sched_yield()
            case .finished: return (sequences, nil)
            case .failed(let error): return (sequences, error)
            }
        }
    }

    @Test func `everything arrives in order through a small queue`() throws {
        let readAhead = try ReadAhead(limits: .init(messages: 3, bytes: 1 << 20), wake: wake) { queue in
            for number in 1...1_000 where !queue.push(Cue(.sample(Int64(number)))) { return }
        }
        #expect(drain(readAhead.queue).sequences == Array(1...1_000))
    }

    @Test func `the queue holds no more than its limits`() throws {
        for limits in [BoundedQueue.Limits(messages: 5, bytes: 1 << 20), .init(messages: 1_000, bytes: 1_000)] {
            let readAhead = try ReadAhead(limits: limits, wake: wake) { queue in
                while queue.push(Cue(.sample(1))) {}
            }
            while !readAhead.queue.isReady { sched_yield() }
            let fill = readAhead.queue.fill
            #expect(fill.messages <= limits.messages)
            #expect(fill.bytes <= limits.bytes)
            readAhead.queue.cancel()
        }
    }

    @Test func `a message larger than the queue passes`() throws {
        let readAhead = try ReadAhead(limits: .init(messages: 5, bytes: 100), wake: wake) { queue in
            _ = queue.push(Cue(.sample(1, bytes: 10_000)))
            _ = queue.push(Cue(.sample(2)))
        }
        #expect(drain(readAhead.queue).sequences == [1, 2])
    }

    @Test func `an error comes after the messages before it`() throws {
        struct Broken: Error {}
        let readAhead = try ReadAhead(wake: wake) { queue in
            _ = queue.push(Cue(.sample(1)))
            throw Broken()
        }
        let result = drain(readAhead.queue)
        #expect(result.sequences == [1])
        #expect(result.error is Broken)
    }

    @Test func `cancelling ends a producer that waits for room`() throws {
        let ended = EndFlag()
        let readAhead = try ReadAhead(limits: .init(messages: 1, bytes: 1 << 20), wake: wake) { queue in
            while queue.push(Cue(.sample(1))) {}
            ended.value.store(true, ordering: .releasing)
        }
        while !readAhead.queue.isReady { sched_yield() }
        readAhead.queue.cancel()
        while !ended.value.load(ordering: .acquiring) { sched_yield() }
        #expect(!readAhead.queue.push(Cue(.sample(2))))
        #expect(readAhead.queue.fill.messages == 0)
    }

    @Test func `a tape is read up to the plan's last message`() throws {
        let tape = try SampleTape((0..<10).map { SampleTape.message("v1/device/a/telemetry", at: $0 * 100) })
        let script = ReplayScript(path: tape.path, selection: Selection())
        let readAhead = try ReadAhead(.init(script: script, lastSequence: 7), wake: wake)
        #expect(drain(readAhead.queue).sequences == Array(1...7))
        let missing = ReplayScript(path: tape.path + ".none", selection: Selection())
        #expect(drain(try ReadAhead(.init(script: missing, lastSequence: 7), wake: wake).queue).error is TapeError)
    }
}

/// Whether a thread has come to its end.
private final class EndFlag: Sendable {
    let value = Atomic(false)
}
