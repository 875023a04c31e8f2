import Foundation
import Glibc
import SQLite
import Testing

/// Every wrong use answers with one sentence that names the thing and the way out, and with the right exit code.
@Suite struct WrongUseTests {
    private func expect(
        _ arguments: [String], status: Int32, says words: [String], in workspace: Workspace,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try Program.run(arguments, in: workspace)
        #expect(result.status == status, "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errors.contains(word), "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
        }
        #expect(!result.errors.contains("Optional("), sourceLocation: sourceLocation)
        #expect(!result.errors.contains("Fatal error"), sourceLocation: sourceLocation)
        if status == 1 {
            let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("tapedeck: ") }
            #expect(lines.count == 1, "\(arguments): \(result.errors)", sourceLocation: sourceLocation)
        }
    }

    /// The commands that read a tape, without the tape's name.
    private static let readers = [
        ["info"], ["query", "messages"], ["query", "telemetry"], ["query", "commands"], ["query", "devices"],
    ]

    @Test func `no such tape`() throws {
        let workspace = try Workspace()
        for reader in Self.readers + [["replay", "--broker", "mqtt://127.0.0.1:1"]] {
            try expect(
                reader + [workspace.path("none.tape")], status: 1, says: ["no tape at", "none.tape"], in: workspace)
        }
    }

    @Test func `a file that is no tape`() throws {
        let workspace = try Workspace()
        let text = try workspace.write("notes.txt", "just some notes, long enough to look like a header of something")
        let database = workspace.path("other.db")
        do { try Connection(path: database, mode: .create).execute("CREATE TABLE t (x)") }
        for file in [text, database, try workspace.write("empty", "")] {
            for reader in Self.readers {
                try expect(reader + [file], status: 1, says: ["is not a tape", file], in: workspace)
            }
        }
        try expect(
            ["record", text, "--broker", "mqtt://127.0.0.1:1"], status: 1, says: ["is not a tape", text], in: workspace)
    }

    @Test func `a folder`() throws {
        let workspace = try Workspace()
        for reader in Self.readers + [["record", "--broker", "mqtt://127.0.0.1:1"]] {
            try expect(reader + [workspace.folder], status: 1, says: ["is a folder", workspace.folder], in: workspace)
        }
    }

    @Test func `a tape of a newer version`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("new.tape")
        try Program.stop(try Program.record(tape, from: broker))
        do { try Connection(path: tape, mode: .readWrite).execute("PRAGMA user_version = 1000") }
        for reader in Self.readers + [["record", "--broker", broker.url]] {
            try expect(reader + [tape], status: 1, says: ["tape format 1000", "newer tapedeck"], in: workspace)
        }
    }

    @Test func `no broker`() throws {
        let workspace = try Workspace()
        let port = try PrivateBroker.freePort()
        let tape = workspace.path("t.tape")
        for command in [["record", tape], ["simulate"]] {
            try expect(
                command + ["--broker", "mqtt://127.0.0.1:\(port)"], status: 1,
                says: ["cannot reach the broker at mqtt://127.0.0.1:\(port)", "Connection refused"], in: workspace)
        }
        #expect(!FileManager.default.fileExists(atPath: tape))
        try expect(
            ["record", tape, "--broker", "mqtt://no-such-host.invalid"], status: 1,
            says: ["cannot reach the broker at mqtt://no-such-host.invalid:1883"], in: workspace)
        try expect(["record", tape], status: 64, says: ["--broker"], in: workspace)
        try expect(
            ["record", tape, "--broker", "ftp://x"], status: 64, says: ["ftp", "mqtt://broker.example"], in: workspace)
        try expect(
            ["record", tape, "--broker", "mqtt://me:secret@x"], status: 64, says: ["TAPEDECK_PASSWORD"], in: workspace)
    }

    @Test func `a wrong password`() throws {
        let workspace = try Workspace()
        let passwords = workspace.path("passwords")
        let tool = try ChildProcess("mosquitto_passwd", ["-b", "-c", passwords, "me", "right"], in: workspace)
        #expect(try tool.wait() == 0)
        let broker = try PrivateBroker(workspace, settings: "allow_anonymous false\npassword_file \(passwords)")
        let arguments = ["record", workspace.path("t.tape"), "--broker", broker.url, "-u", "me"]
        let wrong = try Program.run(arguments, in: workspace, environment: ["TAPEDECK_PASSWORD": "wr0ng-s3cret"])
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("refused the connection"))
        #expect(wrong.errors.contains("TAPEDECK_PASSWORD"))
        #expect(!wrong.errors.contains("wr0ng-s3cret"))

        let file = try workspace.write("password", "right\n")
        let right = try Program.record(
            workspace.path("t.tape"), from: broker, ["-u", "me", "--password-file", file])
        #expect(try Program.stop(right) == 0)
    }

    @Test func `a bad time`() throws {
        let workspace = try Workspace()
        for text in ["yestrday", "2026-13-01", "25:00", "@", "-15"] {
            try expect(
                ["query", "messages", "t.tape", "--since", text], status: 64, says: [text], in: workspace)
        }
    }

    @Test func `an unknown option, command, kind or filter`() throws {
        let workspace = try Workspace()
        try expect(["info", "t.tape", "--colour"], status: 64, says: ["--colour"], in: workspace)
        try expect(["rewind"], status: 64, says: ["rewind"], in: workspace)
        try expect(
            ["query", "messages", "t.tape", "--kind", "telemtry"], status: 64, says: ["telemtry"], in: workspace)
        try expect(["query", "messages", "t.tape", "-t", "a/#/b"], status: 64, says: ["a/#/b"], in: workspace)
        try expect(["record", "t.tape", "--broker", "mqtt://h", "-q", "3"], status: 64, says: ["--qos"], in: workspace)
    }

    @Test func `a folder that cannot be written`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        // /proc takes no files, from root neither.
        try expect(
            ["record", "/proc/t.tape", "--broker", broker.url], status: 1, says: ["/proc/t.tape"], in: workspace)
        try expect(
            ["record", workspace.path("none/t.tape"), "--broker", broker.url], status: 1,
            says: ["the folder \(workspace.path("none")) does not exist"], in: workspace)
    }

    @Test(.enabled(if: Namespaces.areAvailable, "this machine lets nobody mount a file system of their own"))
    func `a full disk and a read-only file system`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let small = workspace.path("small")
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        let recorder = try ChildProcess(
            "unshare",
            [
                "-rm", "sh", "-c",
                "mount -t tmpfs -o size=1m none \(small) && exec \(Program.path) record \(small)/t.tape --broker \(broker.url)",
            ], in: workspace)
        try poll("the recorder: \(recorder.errors)") { recorder.errors.contains("recording ") }
        for number in 0..<6 {
            // Each different from the others: repeats would compress away.
            let noise = try workspace.write(
                "noise-\(number)", bytes: (0..<400_000).map { _ in UInt8.random(in: 0...255) })
            try broker.publish("v1/device/a/blob", ["-q", "1", "-f", noise])
        }
        try poll("the recorder to wait for room: \(recorder.errors)") {
            recorder.errors.contains("no space left for \(small)/t.tape")
        }
        #expect(recorder.errors.contains("nothing acknowledged is lost"))
        #expect(recorder.exitStatus == nil)
        #expect(try Program.stop(recorder) == 130)

        let refused = try ChildProcess(
            "unshare",
            [
                "-rm", "sh", "-c",
                "mount -t tmpfs -o ro none \(small) && exec \(Program.path) record \(small)/t.tape --broker \(broker.url)",
            ], in: workspace)
        #expect(try refused.wait() == 1)
        #expect(refused.errors.contains("\(small)/t.tape or its folder is read-only"))
    }
}

/// Whether this machine lets us have a mount namespace of our own.
enum Namespaces {
    static let areAvailable: Bool = {
        guard let workspace = try? Workspace(),
            let probe = try? ChildProcess("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"], in: workspace)
        else { return false }
        return (try? probe.wait(within: 10)) == 0
    }()
}
