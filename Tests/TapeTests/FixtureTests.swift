import DeviceProtocol
import Foundation
import MQTTWire
import SQLite
import TestSupport
import Testing

@testable import Tape

/// Tapes as earlier programs left them, and the messages that they hold: what is on a tape today can be read tomorrow.
@Suite struct FixtureTests {
    /// A message as a line of a fixture says it.
    private struct Line: Decodable {
        var seq: Int64
        var time: String
        var topic: String
        var qos: UInt8
        var retain: Bool
        var dup: Bool
        var payload: String?
        var payload_base64: Data?
        var properties_hex: String
        var packet_id: UInt16?
        var session: Int64
        var duplicate_of: Int64?
        var redactions: Int

        func message() throws -> RecordedMessage {
            let properties = try PublishProperties(validating: Self.bytes(hex: properties_hex))
            return RecordedMessage(
                sequence: seq, session: session, arrival: try #require(Timestamp(rfc3339: time)), monotonic: 0,
                topic: topic, payload: try #require(payload.map { Array($0.utf8) } ?? payload_base64.map(Array.init)),
                qos: try #require(QualityOfService(rawValue: qos)), retain: retain, dup: dup, packetID: packet_id,
                duplicateOf: duplicate_of, redactions: redactions, properties: properties)
        }

        private static func bytes(hex: String) throws -> [UInt8] {
            let digits = Array(hex.utf8)
            return try stride(from: 0, to: digits.count - 1, by: 2).map { index in
                try #require(UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16))
            }
        }
    }

    private func fixture(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(components: "Fixtures", name)
    }

    /// Copies a tape, so that the fixture stays as it is.
    private func copy(_ name: String, to path: String) throws {
        try Data(contentsOf: fixture(name)).write(to: URL(filePath: path))
    }

    private func expected(_ name: String) throws -> [RecordedMessage] {
        try Data(contentsOf: fixture(name)).split(separator: UInt8(ascii: "\n")).map { line in
            try JSONDecoder().decode(Line.self, from: line).message()
        }
    }

    /// The messages of a tape but for their monotonic times, which lines do not have.
    private func messages(_ path: String) throws -> [RecordedMessage] {
        let cursor = try TapeReader(path: path).messages()
        var messages: [RecordedMessage] = []
        while var message = try cursor.next() {
            message.monotonic = 0
            messages.append(message)
        }
        #expect(cursor.damages.isEmpty)
        return messages
    }

    private func number(_ sql: String, _ path: String) throws -> Int64 {
        try #require(try Connection(path: path, mode: .readOnly).integer(sql))
    }

    private func compare(_ found: [RecordedMessage], _ expected: [RecordedMessage]) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(found == expected)
            // A topic is its bytes; == of strings would also take another spelling of the same characters.
            #expect(Array(found.topic.utf8) == Array(expected.topic.utf8))
        }
    }

    @Test(arguments: ["v1", "v2"]) func `a tape of an earlier program gives its messages`(name: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        try copy(name + ".tape", to: path)
        let expected = try expected(name + ".jsonl")
        #expect(expected.count >= 20)
        compare(try messages(path), expected)
    }

    @Test func `the fixtures are of the formats that they stand for`() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (folder.path("v1.tape"), folder.path("v2.tape"))
        try copy("v1.tape", to: first)
        try copy("v2.tape", to: second)
        #expect(try number("PRAGMA user_version", first) == 1)
        #expect(try number("PRAGMA user_version", second) == 2)
        #expect(try number("SELECT count(*) FROM segment", second) == 3)
        #expect(try number("SELECT count(*) FROM journal", second) > 1)
    }

    @Test func `reading a tape of format 1 leaves its format as it is`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        try copy("v1.tape", to: path)
        _ = try messages(path)
        #expect(try number("PRAGMA user_version", path) == 1)
    }

    @Test func `a tape of format 1 tells its sessions, its gap and its clock step`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        try copy("v1.tape", to: path)
        let reader = try TapeReader(path: path)
        #expect(try reader.sessions().map(\.messages) == [12, 8])
        #expect(try reader.gaps().map(\.session) == [1])
        #expect(try reader.clockSteps().count == 1)
    }

    @Test func `a tape of format 1 that is opened for writing becomes one of format 2 and can be sealed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        try copy("v1.tape", to: path)
        do {
            _ = try TapeWriter(path: path)
        }
        #expect(try number("PRAGMA user_version", path) == 2)
        let expected = try expected("v1.jsonl")
        compare(try messages(path), expected)
        do {
            let sealer = try TapeSealer(path: path)
            while try sealer.sealNext(.all) != nil {}
            #expect(sealer.damages.isEmpty)
        }
        #expect(try number("SELECT count(*) FROM journal", path) == 0)
        #expect(try number("SELECT sum(count) FROM segment", path) == 20)
        compare(try messages(path), expected)
    }

    @Test func `a half sealed tape of format 2 can be sealed and merged`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        try copy("v2.tape", to: path)
        do {
            let sealer = try TapeSealer(path: path)
            while try sealer.sealNext(.all) != nil {}
            while try sealer.mergeNext(.all) != nil {}
            #expect(sealer.damages.isEmpty)
        }
        #expect(try number("SELECT count(*) FROM journal", path) == 0)
        #expect(try number("SELECT count(*) FROM segment", path) == 1)
        compare(try messages(path), try expected("v2.jsonl"))
    }
}
