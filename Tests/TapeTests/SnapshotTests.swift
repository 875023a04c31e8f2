import DeviceProtocol
import TestSupport
import Testing

@testable import Tape

@Suite struct SnapshotTests {
    /// A tape with a message, two retained ones of the past, and another message, which is left open as by a kill.
    private static func tape(_ folder: borrowing TemporaryFolder) throws -> String {
        let path = folder.path("t.tape")
        let writer = try TapeWriter.began(path)
        writer.append(RecordedMessage.plain("v1/device/a/telemetry", at: 10))
        try writer.commit()
        var session = Session(
            source: Session.snapshotSource, broker: nil, clientID: nil, recorder: "test",
            startedAt: Timestamp(nanoseconds: TapeWriter.testOffset + 20))
        try writer.append(snapshot: [.plain("v1/device/a/config", at: 20)], of: &session)
        try writer.append(snapshot: [.plain("v1/device/b/config", at: 30)], of: &session)
        writer.append(RecordedMessage.plain("v1/device/a/telemetry", at: 40))
        try writer.commit()
        return path
    }

    private static func sequences(_ path: String, _ change: (inout Selection) -> Void) throws -> [Int64] {
        var selection = Selection()
        change(&selection)
        return try TapeReader(path: path).allMessages(selection).map(\.sequence)
    }

    @Test func `retained messages have a session of their own and can be left out`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.tape(folder)
        let sessions = try TapeReader(path: path).sessions()
        #expect(sessions.map(\.isSnapshot) == [false, true])
        #expect(sessions.map(\.messages) == [2, 2])
        #expect(try Self.sequences(path) { _ in } == [1, 2, 3, 4])
        #expect(try Self.sequences(path) { $0.sessions.leftOut = [2] } == [1, 4])
        #expect(try Self.sequences(path) { $0.sessions.chosen = [2] } == [2, 3])
    }

    @Test func `sealing does not mix them with the others`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.tape(folder)
        let sealer = try TapeSealer(path: path)
        while try sealer.sealNext(.all) != nil {}
        #expect(try Self.sequences(path) { _ in } == [1, 2, 3, 4])
        #expect(try Self.sequences(path) { $0.sessions.leftOut = [2] } == [1, 4])
        #expect(try Self.sequences(path) { $0.sessions.chosen = [2] } == [2, 3])
    }

    @Test func `a kill is told from the recording's last sign of life, not from theirs`() throws {
        let folder = try TemporaryFolder()
        let path = try Self.tape(folder)
        let gaps = try TapeReader(path: path).gaps()
        #expect(gaps.map(\.cause) == ["killed"])
        #expect(gaps.map(\.session) == [1])
        #expect(gaps.map(\.beganAt) == [Timestamp(nanoseconds: TapeWriter.testOffset + 40)])
    }
}
