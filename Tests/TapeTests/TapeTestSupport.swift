import DeviceProtocol
import MQTTWire
import SQLite
import TestSupport

@testable import Tape

extension TapeWriter {
    /// Wall minus monotonic time of test tapes: 2026-01-01T00:00:00Z.
    static let testOffset: Int64 = 1_767_225_600_000_000_000

    static func began(_ path: String, startedAt: Int64 = testOffset) throws -> TapeWriter {
        let writer = try TapeWriter(path: path)
        try writer.begin(
            Session(
                source: "record", broker: "mqtt://test:1883", clientID: "test", recorder: "tests",
                startedAt: Timestamp(nanoseconds: startedAt)),
            clock: ArrivalClock.Offset(cause: .start, monotonic: 0, offset: testOffset, change: 0))
        return writer
    }
}

extension TapeWriter {
    /// Makes the tape full at so many pages (https://www.sqlite.org/pragma.html#pragma_max_page_count).
    func limitPages(to pages: Int) {
        _ = try? tape.database.integer("PRAGMA max_page_count = \(pages)")
    }
}

extension TapeReader {
    func allMessages(_ selection: Selection = Selection()) throws -> [RecordedMessage] {
        let cursor = try messages(selection)
        var messages: [RecordedMessage] = []
        while let message = try cursor.next() { messages.append(message) }
        return messages
    }
}

extension RecordedMessage {
    /// A message of which a test looks at little.
    static func plain(_ topic: String, at monotonic: Int64, packetID: UInt16? = nil) -> RecordedMessage {
        RecordedMessage(
            sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: monotonic, topic: topic,
            payload: Array("{}".utf8), qos: packetID == nil ? .atMostOnce : .atLeastOnce, packetID: packetID)
    }

    /// A message with something of everything.
    static func random(at monotonic: Int64, using random: inout SeededGenerator) -> RecordedMessage {
        let qos = QualityOfService.allCases.randomElement(using: &random) ?? .atMostOnce
        let topics = ["v1/device/a/telemetry", "v1/device/b/config", "x", "é", "v1/device/a/commands/update", ""]
        var properties = PublishProperties()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            properties.append(.userProperty(name: "n\(Int.random(in: 0...2, using: &random))", value: "värde"))
        }
        if Bool.random(using: &random) { properties.append(.correlationData([0, 1, 255])) }
        let size = Bool.random(using: &random) ? 0 : Int.random(in: 0...3_000, using: &random)
        return RecordedMessage(
            sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: monotonic,
            topic: topics.randomElement(using: &random) ?? "x",
            payload: (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }, qos: qos,
            retain: Bool.random(using: &random), dup: Bool.random(using: &random),
            packetID: qos == .atMostOnce ? nil : UInt16.random(in: 1...65_535, using: &random),
            duplicateOf: Int.random(in: 0...9, using: &random) == 0 ? 1 : nil,
            redactions: Int.random(in: 0...1, using: &random), properties: properties)
    }

    /// The message as the tape answers it.
    func placed(_ sequence: Int64, offset: Int64) -> RecordedMessage {
        var message = self
        message.sequence = sequence
        message.session = 1
        message.arrival = Timestamp(nanoseconds: monotonic + offset)
        return message
    }
}
