import DeviceProtocol
import MQTTWire
import Tape
import TapeTestSupport
import TestSupport

/// Two tapes with the same messages of a small fleet, as odd as chance wants: one as it was recorded, one sealed here
/// and there.
struct RandomFleet {
    let plain: TestTape
    let sealed: TestTape
    private var random: SeededGenerator
    private var second = 0.0
    private var firstOfTopic: [String: Int64] = [:]

    /// What may happen.
    struct Habits {
        /// Whether messages come twice.
        var redelivers = false
        /// Whether payloads name devices.
        var namesDevices = false
        /// Whether clocks step and recordings begin anew.
        var restarts = true
    }

    private let habits: Habits

    /// - Parameters:
    ///   - seed: what chance wants.
    ///   - messages: how many.
    ///   - habits: what may happen.
    ///   - make: makes a message: topic, payload and properties.
    /// - Throws: what writing the tapes throws.
    init(
        seed: UInt64, messages: Int, habits: Habits,
        _ make: (inout SeededGenerator, Habits) -> (topic: String, payload: String, properties: [PublishProperty])
    ) throws {
        plain = try TestTape()
        sealed = try TestTape()
        random = SeededGenerator(seed: seed)
        self.habits = habits
        for number in 0..<messages {
            try happen(number)
            let message = make(&random, habits)
            add(message)
        }
        if Bool.random(using: &random) { try seal(everything: true) }
    }

    private mutating func happen(_ number: Int) throws {
        second += Double(Int.random(in: 1...20_000, using: &random)) / 1_000
        if Int.random(in: 0..<40, using: &random) == 0 {
            try plain.commit()
            try sealed.commit()
        }
        if Int.random(in: 0..<90, using: &random) == 0 { try seal(everything: false) }
        guard habits.restarts, number > 0 else { return }
        if Int.random(in: 0..<150, using: &random) == 0 {
            let step = Double(Int.random(in: -60...60, using: &random))
            try plain.stepClock(by: step)
            try sealed.stepClock(by: step)
        }
        if Int.random(in: 0..<200, using: &random) == 0 {
            let wall = second + Double(Int.random(in: 0...300, using: &random))
            second = 0
            try plain.beginSession(wall: wall)
            try sealed.beginSession(wall: wall)
        }
    }

    private mutating func add(_ message: (topic: String, payload: String, properties: [PublishProperty])) {
        let retain = Int.random(in: 0..<30, using: &random) == 0
        var original: Int64?
        if habits.redelivers, Int.random(in: 0..<12, using: &random) == 0 { original = firstOfTopic[message.topic] }
        for tape in [plain, sealed] {
            let sequence = tape.add(
                message.topic, message.payload, at: second, properties: message.properties, retain: retain,
                dup: original != nil, duplicateOf: original)
            firstOfTopic[message.topic] = sequence
        }
    }

    private mutating func seal(everything: Bool) throws {
        try sealed.commit()
        let sealer = try TapeSealer(path: sealed.path, besideWriter: true)
        if everything { while try sealer.sealNext(.all) != nil {} } else { _ = try sealer.sealNext(.all) }
        if Int.random(in: 0..<4, using: &random) == 0 { _ = try sealer.mergeNext(.all) }
    }
}

extension SeededGenerator {
    /// One of several.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    /// Whether something happens that happens once in `many` times.
    mutating func once(in many: Int) -> Bool {
        Int.random(in: 0..<many, using: &self) == 0
    }
}
