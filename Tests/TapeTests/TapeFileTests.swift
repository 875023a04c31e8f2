import DeviceProtocol
import Foundation
import Glibc
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct TapeFileTests {
    @Test func `what is committed has reached the disk`() throws {
        let folder = try TemporaryFolder()
        let connection = try TapeFile.openForWriting(folder.path("t.tape"))
        // FULL, by https://www.sqlite.org/pragma.html#pragma_synchronous.
        #expect(try connection.integer("PRAGMA synchronous") == 2)
        #expect(try connection.integer("PRAGMA foreign_keys") == 1)
    }

    @Test func `a new tape is its owner's alone`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        writer.append(.plain("a", at: 1))
        try writer.commit()
        for name in ["t.tape", "t.tape-wal", "t.tape-shm"] {
            var status = stat()
            #expect(stat(folder.path(name), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    @Test func `a second writer is refused`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        #expect(throws: TapeError.self) { try TapeWriter(path: folder.path("t.tape")) }
        _ = writer
    }

    @Test func `what is no tape is named for what it is`() throws {
        let folder = try TemporaryFolder()
        try Data("hello, world, this is text".utf8).write(to: URL(fileURLWithPath: folder.path("text")))
        try Data().write(to: URL(fileURLWithPath: folder.path("empty")))
        let other = try Connection(path: folder.path("other.db"), mode: .create)
        try other.execute("CREATE TABLE t (x)")
        let expectations = [
            ("text", "is not a tape"), ("empty", "is not a tape"), ("other.db", "is not a tape"), (".", "is a folder"),
            ("missing", "no tape at"),
        ]
        for (name, words) in expectations {
            let error = #expect(throws: TapeError.self) { try TapeReader(path: folder.path(name)) }
            #expect(error?.description.contains(words) == true, "\(name): \(String(describing: error))")
        }
        for name in ["text", "other.db", "."] {
            #expect(throws: TapeError.self, "\(name)") { try TapeWriter(path: folder.path(name)) }
        }
        #expect(try String(contentsOfFile: folder.path("text"), encoding: .utf8) == "hello, world, this is text")
    }

    @Test func `a tape of a newer format is refused by name, for reading and for writing`() throws {
        let folder = try TemporaryFolder()
        do { _ = try TapeWriter.began(folder.path("t.tape")) }
        do {
            let connection = try Connection(path: folder.path("t.tape"), mode: .readWrite)
            try connection.execute("PRAGMA user_version = 99")
        }
        for open in [{ _ = try TapeReader(path: $0) }, { _ = try TapeWriter(path: $0) }] as [(String) throws -> Void] {
            let error = #expect(throws: TapeError.self) { try open(folder.path("t.tape")) }
            #expect(error?.description.contains("tape format 99") == true)
        }
    }

    @Test func `a tape in a folder that cannot be written is readable`() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try TapeWriter.began(folder.path("t.tape"))
            writer.append(.plain("a", at: 1))
            try writer.end(at: Timestamp(nanoseconds: 10), reason: "signal")
        }
        chmod(folder.path("."), 0o500)
        defer { chmod(folder.path("."), 0o700) }
        #expect(try TapeReader(path: folder.path("t.tape")).allMessages().count == 1)
    }

    @Test func `reading leaves no file behind`() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try TapeWriter.began(folder.path("t.tape"))
            writer.append(.plain("a", at: 1))
            try writer.end(at: Timestamp(nanoseconds: 10), reason: "signal")
        }
        do { #expect(try TapeReader(path: folder.path("t.tape")).allMessages().count == 1) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(".")) == ["t.tape"])
    }

    @Test func `a tape whose making was interrupted is made anew`() throws {
        let folder = try TemporaryFolder()
        do { try Connection(path: folder.path("t.tape"), mode: .create).execute("PRAGMA journal_mode = WAL") }
        let writer = try TapeWriter.began(folder.path("t.tape"))
        writer.append(.plain("a", at: 1))
        try writer.commit()
        #expect(try TapeReader(path: folder.path("t.tape")).allMessages().count == 1)
    }

    @Test func `a recording that never came about leaves no file`() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try TapeWriter(path: folder.path("t.tape"))
            writer.discardIfUnused()
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(".")).isEmpty)
    }

    @Test func `a full disk is said, and the batch can be committed once there is room`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        writer.limitPages(to: 1)
        var random = SeededGenerator(seed: 3)
        var message = RecordedMessage.plain("a", at: 1)
        message.payload = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        writer.append(message)
        let error = #expect(throws: TapeError.self) { try writer.commit() }
        guard case .diskFull = error else {
            Issue.record("expected diskFull, got \(String(describing: error))")
            return
        }
        #expect(writer.pendingCount == 1)
        writer.limitPages(to: 1_000_000)
        try writer.commit()
        #expect(try TapeReader(path: folder.path("t.tape")).allMessages().map(\.payload) == [message.payload])
    }
}
