import DeviceProtocol
import Glibc
import MQTTWire
import TestSupport
import Testing

@testable import Recorder
@testable import Tape

@Suite final class BackgroundSealerTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("t.tape")
    }

    private func writer() throws -> TapeWriter {
        let writer = try TapeWriter(path: path)
        try writer.begin(
            Session(
                source: "record", broker: "mqtt://test:1883", clientID: "test", recorder: "test",
                startedAt: Timestamp(nanoseconds: 0)),
            clock: ArrivalClock.Offset(cause: .start, monotonic: 0, offset: 0, change: 0))
        return writer
    }

    /// Records messages of so many bytes each, one commit for each.
    private func record(_ count: Int, bytes: Int, onto writer: TapeWriter) throws {
        for number in 0..<count {
            writer.append(
                RecordedMessage(
                    sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: Int64(number),
                    topic: "v1/\(number)", payload: [UInt8](repeating: UInt8(number & 0xff), count: bytes),
                    qos: .atMostOnce))
            try writer.commit()
        }
    }

    private func wait(_ sealer: BackgroundSealer, for messages: Int64) throws {
        // Unasked it would look after half a minute.
        let deadline = ContinuousClock.now + .seconds(20)
        while sealer.progress.sealed.messages < messages {
            guard ContinuousClock.now < deadline else {
                throw BenchFailure(description: "waited 20 s for \(messages) messages: \(sealer.progress)")
            }
            sched_yield()
        }
    }

    @Test func `what fills a segment is sealed as soon as somebody says that it is there`() throws {
        let writer = try writer()
        try record(9, bytes: 1 << 20, onto: writer)
        let sealer = try BackgroundSealer(path: path)
        try wait(sealer, for: 1)
        let first = sealer.progress.sealed.messages
        try record(9, bytes: 1 << 20, onto: writer)
        sealer.wake()
        try wait(sealer, for: first + 1)
        #expect(sealer.finish(sealsRest: false).errors.isEmpty)
    }

    @Test func `when room is short everything is sealed, full segment or not`() throws {
        let writer = try writer()
        try record(3, bytes: 10, onto: writer)
        let sealer = try BackgroundSealer(path: path)
        sealer.squeeze()
        try wait(sealer, for: 3)
        let report = sealer.finish(sealsRest: false)
        #expect(report.errors.isEmpty)
        #expect(report.sealed.messages == 3)
    }

    @Test func `what ends the work is reported, and nobody waits for ever`() throws {
        let sealer = try BackgroundSealer(path: "/nowhere/t.tape")
        let report = sealer.finish(sealsRest: true)
        #expect(report.errors.count == 1)
        #expect(report.sealed.messages == 0)
    }
}
