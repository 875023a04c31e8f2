import DeviceProtocol
import MQTTWire
import TestSupport

@testable import Tape

/// A message before it has a number.
struct Draft {
    var message: RecordedMessage
    /// Row of table `clock`.
    var clock: Int64
    /// How many messages before this one its original stands.
    var distance: Int64?
}

extension [Draft] {
    /// The messages as a tape numbers them, from `first` on.
    func placed(first: Int64 = 1) -> [RecordedMessage] {
        enumerated().map { index, draft in
            var message = draft.message
            message.sequence = first + Int64(index)
            message.session = TestClocks.facts(draft.clock).session
            message.monotonic = message.arrival.nanoseconds &- TestClocks.facts(draft.clock).offset
            message.duplicateOf = draft.distance.map { message.sequence &- $0 }
            return message
        }
    }
}

/// The clocks of messages that are on no tape.
enum TestClocks {
    static func facts(_ number: Int64) -> (session: Int64, offset: Int64) { (number / 2 + 1, number * 1_000_000_007) }

    static let all = Dictionary(uniqueKeysWithValues: (Int64(0)...64).map { ($0, facts($0)) })
}

/// Messages of a few speakers, each of which says the same kind of thing again and again; and worse.
struct RandomMessages {
    private struct Speaker {
        var topic: String
        var shape: RandomPayload
        var style: RandomPayload.Style
        var properties: [PublishProperty]
    }

    /// How times of arrival follow each other.
    private enum Pace: CaseIterable {
        case ascending, ties, back, anywhere
    }

    private var random: SeededGenerator
    private var speakers: [Speaker] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        for _ in 0..<Int.random(in: 1...5, using: &random) { speakers.append(speaker()) }
    }

    private mutating func speaker() -> Speaker {
        let topics = [
            "v1/device/a/telemetry", "v1/device/b/telemetry", "v1/device/a/config", "v1/device/a/commands/update",
            "x", "é/e\u{301}", "", "v1/device/c/telemetry",
        ]
        return Speaker(
            topic: topics.randomElement(using: &random) ?? "x", shape: .shape(depth: 3, using: &random),
            style: RandomPayload.Style.all.randomElement(using: &random) ?? RandomPayload.Style.all[0],
            properties: (0..<Int.random(in: 0...3, using: &random)).map { _ in property() })
    }

    private mutating func property() -> PublishProperty {
        let text = ["", "x", "v\u{e4}rde", "2026-03-01T00:00:01Z", "17"].randomElement(using: &random) ?? ""
        switch Int.random(in: 0...10, using: &random) {
        case 0: return .payloadFormatIndicator(.random(in: 0...1, using: &random))
        case 1: return .messageExpiryInterval(.random(in: 0 ... .max, using: &random))
        case 2: return .topicAlias(.random(in: 0 ... .max, using: &random))
        case 3: return .responseTopic(text)
        case 4: return .contentType(text)
        case 5: return .correlationData([0, 255, UInt8.random(in: 0...3, using: &random)])
        case 6: return .subscriptionIdentifier(.random(in: 1...268_435_455, using: &random))
        default: return .userProperty(name: "n\(Int.random(in: 0...1, using: &random))", value: text)
        }
    }

    /// The next so many messages.
    mutating func drafts(_ count: Int) -> [Draft] {
        let pace = Pace.allCases.randomElement(using: &random) ?? .ascending
        var arrival = TapeWriter.testOffset
        var clock = Int64.random(in: 0...3, using: &random)
        return (0..<count).map { number in
            switch pace {
            case .ascending: arrival += .random(in: 1...2_000_000_000, using: &random)
            case .ties: arrival += .random(in: 0...1, using: &random)
            case .back: arrival += .random(in: -1_000_000_000...2_000_000_000, using: &random)
            case .anywhere: arrival = .random(in: .min ... .max - 1, using: &random)
            }
            if Int.random(in: 0..<20, using: &random) == 0 { clock += .random(in: 1...2, using: &random) }
            return draft(number, at: arrival, clock: min(clock, 64))
        }
    }

    private mutating func draft(_ number: Int, at arrival: Int64, clock: Int64) -> Draft {
        let speaker = speakers[Int.random(in: 0..<speakers.count, using: &random)]
        var properties = speaker.properties
        if Int.random(in: 0..<10, using: &random) == 0 { properties.append(property()) }
        if Int.random(in: 0..<500, using: &random) == 0 {
            properties.append(.correlationData(Array(repeating: 7, count: 65_535)))
        }
        let qos = QualityOfService.allCases.randomElement(using: &random) ?? .atMostOnce
        let isRepeat = Int.random(in: 0..<12, using: &random) == 0
        let hasSecrets = Int.random(in: 0..<12, using: &random) == 0
        return Draft(
            message: RecordedMessage(
                sequence: 0, session: 0, arrival: Timestamp(nanoseconds: arrival), monotonic: 0, topic: speaker.topic,
                payload: payload(number, speaker), qos: qos, retain: Int.random(in: 0..<9, using: &random) == 0,
                dup: isRepeat, packetID: qos == .atMostOnce ? nil : .random(in: 1 ... .max, using: &random),
                redactions: hasSecrets ? .random(in: 1...300, using: &random) : 0,
                properties: PublishProperties(properties)),
            clock: clock, distance: isRepeat ? .random(in: 1...Int64(number + 1), using: &random) : nil)
    }

    private mutating func payload(_ number: Int, _ speaker: Speaker) -> [UInt8] {
        var text = speaker.shape.print(number, speaker.style, using: &random)
        switch Int.random(in: 0..<40, using: &random) {
        case 0: return []
        case 1: return Array("not JSON, though it says {\"a\":\(number)}".utf8)
        case 2: return (0..<Int.random(in: 0..<300, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        case 3: return Array(text.dropLast())
        case 4: return Array(" \(number)\n".utf8)
        case 5: return [0xef, 0xbb, 0xbf] + text
        case 6: return Array("[]".utf8)
        case 7:
            if !text.isEmpty {
                text[Int.random(in: 0..<text.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            return text
        default: return text
        }
    }
}
