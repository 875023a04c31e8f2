import DeviceProtocol
import Tape
import Testing
import Threads

@testable import Replay

struct CueProducerTests {
    private let wake = EventDescriptor()

    private func cues(_ order: ReadAhead.Order, from place: SeekIndex.Place = .init()) throws -> [Cue] {
        let queue = BoundedQueue(limits: .init(messages: 100_000, bytes: .max), wake: wake)
        var producer = CueProducer(order, from: place)
        try producer.run(into: queue)
        guard case .messages(let cues) = queue.take() else { return [] }
        return cues
    }

    private func order(_ tape: SampleTape, _ change: (inout ReadAhead.Order) -> Void = { _ in }) -> ReadAhead.Order {
        var order = ReadAhead.Order(
            script: ReplayScript(path: tape.path, selection: Selection()), lastSequence: .max)
        change(&order)
        return order
    }

    @Test func `rounds follow one another on one line of recorded time`() throws {
        let tape = try SampleTape((0..<3).map { SampleTape.message("v1/device/a/telemetry", at: $0 * 100) })
        let order = order(tape) { $0.repetition = Repetition(rounds: 3, delay: 50) }
        let cues = try cues(order)
        #expect(cues.map(\.message.offset) == [0, 100, 200, 250, 350, 450, 500, 600, 700])
        #expect(cues.map(\.leadIn) == [0, 0, 0, 50, 0, 0, 50, 0, 0])
        #expect(cues.map(\.message.sequence) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    }

    @Test func `rounds without a message come to an end`() throws {
        let tape = try SampleTape([SampleTape.message("v1/device/a/config")])
        #expect(try cues(order(tape) { $0.repetition = Repetition(rounds: nil) }).isEmpty)
    }

    @Test func `reading on from a remembered place gives the same messages at the same places`() throws {
        let step: Int64 = 300_000_000
        let tape = try SampleTape((0..<100).map { SampleTape.message("v1/device/a/telemetry", at: $0 * step) })
        let order = order(tape) { $0.repetition = Repetition(rounds: 3, delay: 7 * step) }
        let all = try cues(order)
        for target in [0, step, 50 * step + 1, 99 * step, 106 * step, 130 * step, 300 * step] {
            let place = order.index.place(before: target)
            let rest = try cues(order, from: place)
            let wanted = all.filter { $0.message.offset >= target }
            #expect(rest.filter { $0.message.offset >= target }.map(\.message) == wanted.map(\.message))
            // Close by, so that little is read for nothing.
            #expect((rest.first?.message.offset ?? 0) >= min(target - 3_000_000_000, 99 * step))
        }
    }

    @Test func `the places that are remembered stay bounded`() {
        let index = SeekIndex()
        for number in 1...200_000 { index.note(before: Int64(number), offset: Int64(number) * 1_000_000_000) }
        let place = index.place(before: 150_000_000_000_000)
        #expect(place.offset <= 150_000_000_000_000)
        #expect(place.offset > 149_000_000_000_000)
        #expect(index.place(before: -5) == SeekIndex.Place())
    }

    @Test func `each device gets its connection announced ahead, what the cloud said goes over the main one`() throws {
        let tape = try SampleTape([
            SampleTape.message("v1/device/a/telemetry"), SampleTape.message("v1/device/b/telemetry", at: 10),
            SampleTape.message("v1/device/a/config", at: 20), SampleTape.message("v1/device/a/telemetry", at: 30),
        ])
        var order = order(tape) { $0.usesConnectionPerDevice = true }
        order.script.admission.includesCloud = true
        let queue = BoundedQueue(limits: .init(), wake: wake)
        var producer = CueProducer(order, from: .init())
        try producer.run(into: queue)
        #expect(
            queue.takeAnnouncements() == [
                .init(connection: "a", offset: 0), .init(connection: "b", offset: 10),
                .init(connection: nil, offset: 20),
            ])
        guard case .messages(let cues) = queue.take() else { return }
        #expect(cues.map(\.connection) == ["a", "b", nil, "a"])
    }

    @Test func `answers are tied to commands that the selection leaves out`() throws {
        let tape = try SampleTape([
            SampleTape.message("v1/device/a/commands", at: 0, payload: #"{"id":"1","name":"reboot"}"#),
            SampleTape.message("v1/device/a/telemetry", at: 10),
            SampleTape.message("v1/device/a/commands/update", at: 25, payload: #"{"id":"1","status":"done"}"#),
            SampleTape.message("v1/device/a/commands/update", at: 26, payload: #"{"id":"0","status":"done"}"#),
        ])
        var order = order(tape) { $0.tiesAnswers = true }
        order.script.selection.kinds = [.commandUpdate]
        let cues = try cues(order)
        #expect(cues.map(\.message.sequence) == [3, 4])
        #expect(cues.map(\.answer?.delay) == [25, nil])
        #expect(cues[0].answer?.name == "reboot")
    }
}
