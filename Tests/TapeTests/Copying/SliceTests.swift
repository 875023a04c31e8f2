import DeviceProtocol
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct SliceTests {
    @Test func `messages keep their times, and sessions are cut to the window`() throws {
        let tape = try MixedTape()
        var selection = Selection()
        selection.since = tape.messages[150].arrival
        selection.until = tape.messages[450].arrival
        let output = tape.folder.path("slice.tape")
        let reader = try TapeReader(path: tape.path)
        let report = try TapeSlicer(reader, selection, recorder: "tests").write(to: output)
        #expect(report?.messages == 300 && report?.sessions == 3)
        let copy = try TapeReader(path: output)
        let messages = try copy.allMessages()
        #expect(messages.map(\.essence) == tape.messages[150..<450].map(\.essence))
        #expect(messages.map(\.session) == tape.messages[150..<450].map(\.session))
        let sessions = try copy.sessions()
        #expect(sessions[0].startedAt == selection.since && sessions[2].endedAt == selection.until)
        #expect(sessions.map(\.messages) == [50, 200, 50])
        #expect(sessions.map(\.endReason) == ["signal", "signal", "sliced"])
        #expect(sessions[1].tags.contains(#""source_session":"2""#))
        #expect(try copy.gaps().count == 2)
        var faults: [TapeFault] = []
        _ = try TapeVerifier(path: output).verify { faults.append($0) }
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test func `the state comes first, in a session that says so, and the ledger says what is left out`() throws {
        let tape = try MixedTape()
        var selection = Selection()
        selection.since = tape.messages[300].arrival
        let output = tape.folder.path("slice.tape")
        let state = [tape.messages[3], tape.messages[250]]
        _ = try TapeSlicer(try TapeReader(path: tape.path), selection, recorder: "tests").write(
            to: output, state: state, start: selection.since)
        let copy = try TapeReader(path: output)
        let messages = try copy.allMessages()
        #expect(messages.prefix(2).map(\.arrival) == state.map(\.arrival))
        #expect(messages.prefix(2).map(\.payload) == state.map(\.payload))
        #expect(messages.prefix(3).map(\.session) == [1, 1, 2])
        let session = try #require(try copy.sessions().first)
        #expect(session.source == "slice-state" && session.messages == 2)
        let gap = try #require(try copy.gaps().first)
        #expect(gap.cause == "sliced" && gap.beganAt == state[0].arrival && gap.endedAt == selection.since)
    }

    @Test func `a redelivery follows its original, or the first redelivery that is there`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        let writer = try TapeWriter.began(path)
        for (index, original) in [nil, nil, 2, 1, 1 as Int64?].enumerated() {
            var message = RecordedMessage.plain("v1/device/d/telemetry", at: Int64(index + 1), packetID: 1)
            message.duplicateOf = original
            writer.append(message)
        }
        try writer.end(at: Timestamp(nanoseconds: TapeWriter.testOffset + 10), reason: "signal")
        var selection = Selection()
        selection.since = Timestamp(nanoseconds: TapeWriter.testOffset + 2)
        let output = folder.path("slice.tape")
        let report = try TapeSlicer(try TapeReader(path: path), selection, recorder: "tests").write(to: output)
        #expect(try TapeReader(path: output).allMessages().map(\.duplicateOf) == [nil, 1, nil, 3])
        #expect(report?.lostReferences == 1)
    }

    @Test func `nothing selected makes no tape, and one that is there is not touched`() throws {
        let tape = try MixedTape(batches: 3)
        var selection = Selection()
        selection.devices = ["nobody"]
        let output = tape.folder.path("slice.tape")
        let slicer = TapeSlicer(try TapeReader(path: tape.path), selection, recorder: "tests")
        #expect(try slicer.write(to: output)?.messages == 0)
        #expect(try TapeFile.examine(output) == .missing)
        #expect(throws: TapeError.self) { try slicer.write(to: tape.path) }
        #expect(try TapeReader(path: tape.path).allMessages() == tape.messages)
    }
}
