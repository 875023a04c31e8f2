import DeviceProtocol
import MQTTWire
import SQLite
import TestSupport

@testable import Tape

/// A tape with everything that can be damaged: two sessions, a step of the clock, segments, a journal, redeliveries.
struct MixedTape: ~Copyable {
    let folder: TemporaryFolder
    let path: String
    /// What stands on it.
    let messages: [RecordedMessage]

    /// Writes batches of fifty messages, of which the first two thirds are sealed.
    init(batches: Int = 12) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("mixed.tape")
        var random = SeededGenerator(seed: 42)
        var time: Int64 = 0
        let sealed = batches * 2 / 3
        for part in [0..<sealed / 2, sealed / 2..<sealed, sealed..<batches] where !part.isEmpty {
            let writer = try TapeWriter.began(path, startedAt: TapeWriter.testOffset + time)
            if part.lowerBound > 0 {
                try writer.setClock(
                    ArrivalClock.Offset(cause: .step, monotonic: time, offset: TapeWriter.testOffset + 5, change: 5))
            }
            for _ in part {
                for _ in 0..<50 {
                    time += 1_000_003
                    writer.append(Self.message(at: time, &random))
                }
                try writer.commit()
            }
            try writer.end(at: Timestamp(nanoseconds: TapeWriter.testOffset + time), reason: "signal")
            guard part.upperBound <= sealed else { continue }
            _ = consume writer
            let sealer = try TapeSealer(path: path)
            while try sealer.sealNext(.all) != nil {}
        }
        let messages = try TapeReader(path: path).allMessages()
        self.folder = folder
        self.path = path
        self.messages = messages
    }

    private static func message(at time: Int64, _ random: inout SeededGenerator) -> RecordedMessage {
        if Int.random(in: 0..<10, using: &random) == 0 {
            var message = RecordedMessage.random(at: time, using: &random)
            message.duplicateOf = nil
            return message
        }
        let device = Int.random(in: 0..<5, using: &random)
        let value = Int.random(in: 0..<1_000, using: &random)
        let payload = #"{"status":"online","telemetries":{"t":\#(value),"h":\#(value * 7 % 13)}}"#
        return RecordedMessage(
            sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: time,
            topic: "v1/device/\(device)/telemetry", payload: Array(payload.utf8), qos: .atLeastOnce, packetID: 7,
            properties: PublishProperties([.userProperty(name: "device_id", value: "\(device)")]))
    }

    /// Changes the tape behind its back.
    func change(_ sql: String) throws {
        let connection = try Connection(path: path, mode: .readWrite)
        try connection.execute(sql)
        _ = try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    func verify() throws -> (report: VerifyReport?, faults: [TapeFault]) {
        var faults: [TapeFault] = []
        let report = try TapeVerifier(path: path).verify { faults.append($0) }
        return (report, faults)
    }
}

extension RecordedMessage {
    /// What must come back on another tape, whatever the message's number and session are there.
    var essence: RecordedMessage {
        var message = self
        message.sequence = 0
        message.session = 0
        message.duplicateOf = nil
        return message
    }
}
