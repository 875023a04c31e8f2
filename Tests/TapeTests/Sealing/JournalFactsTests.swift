import DeviceProtocol
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct JournalFactsTests {
    @Test(
        arguments: [
            "count = -1", "count = 0", "count = 1 << 60", "size = -1", "size = 1 << 40",
            "first_seq = 9223372036854775807", "first_arrival = 9223372036854775807",
        ])
    func `facts of a batch that cannot be are reported, not believed`(change: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        do {
            let writer = try TapeWriter.began(path)
            writer.append(.plain("v1/device/d/telemetry", at: 1))
            try writer.end(at: Timestamp(nanoseconds: 2), reason: "signal")
        }
        do { try Connection(path: path, mode: .readWrite).execute("UPDATE journal SET \(change)") }
        _ = try TapeReader(path: path).allMessages()
        let sealer = try TapeSealer(path: path)
        while try sealer.sealNext(.all) != nil {}
        _ = try TapeReader(path: path).allMessages()
    }

    @Test(
        arguments: [
            "first_seq = 9223372036854775807", "first_seq = -9223372036854775807", "count = -1", "count = 1 << 60",
            "directory_size = -1", "directory_size = 1 << 40", "first_clock = 77", "topics = x'ff'", "body = x''",
            "directory = x''",
        ])
    func `facts of a segment that cannot be are reported, not believed`(change: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        do {
            let writer = try TapeWriter.began(path)
            for number in 1...3 { writer.append(.plain("v1/device/d/telemetry", at: Int64(number))) }
            try writer.end(at: Timestamp(nanoseconds: 9), reason: "signal")
        }
        do { while try TapeSealer(path: path).sealNext(.all) != nil {} }
        do { try Connection(path: path, mode: .readWrite).execute("UPDATE segment SET \(change)") }
        var selection = Selection()
        selection.devices = ["d"]
        _ = try TapeReader(path: path).allMessages()
        _ = try TapeReader(path: path).allMessages(selection)
        let sealer = try TapeSealer(path: path)
        while try sealer.mergeNext(.all) != nil {}
    }
}
