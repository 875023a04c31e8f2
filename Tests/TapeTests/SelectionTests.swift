import DeviceProtocol
import MQTTWire
import TestSupport
import Testing

@testable import Tape

@Suite struct SelectionTests {
    /// The numbers of what is selected; each message stands in a batch of its own unless `inOneBatch`.
    private func sequences(
        inOneBatch: Bool = false, _ change: (inout Selection) throws -> Void
    ) throws -> [Int64] {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        let topics = [
            "v1/device/a/telemetry", "v1/device/b/telemetry", "v1/device/a/config", "v1/device/a/commands/update",
            "other",
        ]
        for (index, topic) in topics.enumerated() {
            var message = RecordedMessage.plain(topic, at: Int64(index + 1) * 10)
            if index == 1 { message.duplicateOf = 1 }
            writer.append(message)
            if !inOneBatch { try writer.commit() }
        }
        try writer.commit()
        var selection = Selection()
        try change(&selection)
        return try TapeReader(path: folder.path("t.tape")).allMessages(selection).map(\.sequence)
    }

    private func wall(_ monotonic: Int64) -> Timestamp { Timestamp(nanoseconds: TapeWriter.testOffset + monotonic) }

    @Test(arguments: [false, true])
    func `a window is half open`(inOneBatch: Bool) throws {
        #expect(
            try sequences(inOneBatch: inOneBatch) {
                $0.since = wall(20); $0.until = wall(40)
            } == [2, 3])
    }

    @Test func `nothing selects everything`() throws {
        #expect(try sequences { _ in } == [1, 2, 3, 4, 5])
    }

    @Test func `devices, kinds and filters narrow down together`() throws {
        #expect(try sequences { $0.devices = ["a"] } == [1, 3, 4])
        #expect(try sequences { $0.kinds = [.telemetry] } == [1, 2])
        #expect(
            try sequences {
                $0.devices = ["a"]; $0.kinds = [.telemetry, .commandUpdate]
            } == [1, 4])
        #expect(
            try sequences { $0.topics = [try TopicFilter("v1/device/+/telemetry"), try TopicFilter("other")] } == [
                1, 2, 5,
            ])
        #expect(try sequences { $0.excluded = [try TopicFilter("v1/device/a/#")] } == [2, 5])
        #expect(try sequences { $0.sessions = [2] } == [])
    }

    @Test func `redeliveries can be left out`() throws {
        #expect(try sequences { $0.includesDuplicates = false } == [1, 3, 4, 5])
    }
}
