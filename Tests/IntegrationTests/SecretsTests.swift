import Foundation
import Glibc
import Tape
import Testing

/// No secret gets anywhere: all output, all files and the process list are searched for secrets that are known.
@Suite struct SecretsTests {
    private static let password = "br0ker-passw0rd-4711"
    private static let accessKey = "5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0"
    private static let otherKey = "0ddba11c0ffee0ddba11c0ffee0ddba1"
    private static let signature = "8f1d2c3b4a59687761524334251607f8"
    private static let wifi = "wifi pass \u{e9} phrase"
    private static let license = "LIC-DATA-77-88-99"
    private static let detail = "02:42:ac:11:00:02"
    private static let serial = "SN-2026-0001-XYZ"

    /// How each secret may be written.
    private static let secrets: [String] = [
        password, accessKey, otherKey, signature, wifi, "wifi pass \\u00e9 phrase", license, detail, serial,
    ]

    private func publish(_ broker: PrivateBroker) throws {
        func key(_ value: String) -> [String] {
            [
                "-D", "publish", "user-property", "device_id", "a", "-D", "publish", "user-property", "access_key",
                value,
            ]
        }
        let messages: [(topic: String, payload: String, rest: [String])] = [
            (
                "telemetry", #"{"status":"online","telemetries":{"temp":21.5,"serial":"\#(Self.serial)"}}"#,
                key(Self.accessKey)
            ),
            ("telemetry", #"{"telemetries":{"temp":22.5,"note":"my key is \#(Self.accessKey)"}}"#, key(Self.otherKey)),
            (
                "config",
                #"{"name":"n","version":3,"config":{"wifi":{"ssid":"s","password":"wifi pass \u00e9 phrase"}}}"#,
                ["-D", "publish", "response-topic", "v1/device/a/config/update/\(Self.accessKey)"]
            ),
            ("config/update", #"{"version":3,"config":{"wifi":{"ssid":"s","password":"\#(Self.wifi)"}}}"#, []),
            (
                "commands",
                #"{"id":"c1","status":"pending","name":"update_firmware","parameters":{"version":"1.2.3","url":"https://files.example/fw.bin?X-Amz-Expires=900&X-Amz-Signature=\#(Self.signature)"}}"#,
                []
            ),
            (
                "commands/update", #"{"id":"c1","status":"failed","message":"403 for \#(Self.otherKey)"}"#,
                key(Self.accessKey)
            ),
            ("license", #"{"id":"l1","data":"\#(Self.license)","signature":"\#(Self.license)","add":true}"#, []),
            ("update", #"{"firmware_version":"1.2.2","details":{"mac":"\#(Self.detail)"}}"#, key(Self.accessKey)),
            ("telemetry", #""{\"telemetries\":{\"api_key\":\"\#(Self.otherKey)\"}}""#, key(Self.accessKey)),
            ("telemetry", #"{"password":"\#(Self.password)","cut"#, []),
        ]
        for message in messages {
            try broker.publish("v1/device/a/" + message.topic, ["-q", "1", "-m", message.payload] + message.rest)
        }
    }

    /// Everything that the workspace holds but the key file: outputs of all programs, tapes, their side files.
    private func search(_ workspace: Workspace, sparing spared: Set<String> = []) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: workspace.folder) where !spared.contains(name) {
            // A name may be gone again meanwhile.
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: workspace.path(name))) else { continue }
            for secret in Self.secrets {
                #expect(data.range(of: Data(secret.utf8)) == nil, "\(secret) stands in \(name)")
            }
        }
    }

    private func expectPrivate(_ paths: [String]) {
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            #expect(status.st_mode & 0o777 == 0o600, "\(path) has mode \(String(status.st_mode & 0o777, radix: 8))")
        }
    }

    private func record(_ tape: String, _ broker: PrivateBroker, _ arguments: [String]) throws {
        let recorder = try Program.record(
            tape, from: broker, ["-u", "me"] + arguments, environment: ["TAPEDECK_PASSWORD": Self.password])
        let title = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(recorder.pid)/cmdline"))
        #expect(title.range(of: Data(Self.password.utf8)) == nil)
        try publish(broker)
        try poll("the messages") { try TapeReader(path: tape).summary().messages == 10 }
        expectPrivate([tape, tape + "-wal", tape + "-shm"])
        if arguments.contains("--json") { try search(broker.workspace) }
        #expect(try Program.stop(recorder) == 0)
        expectPrivate([tape, tape + "-wal", tape + "-shm"])
    }

    @Test func `secrets reach no file, no output and no process title`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("s.tape")
        try record(tape, broker, ["--json", "--redact", "/telemetries/serial"])
        let files = ["j.jsonl", "j.csv", "slice.tape", "merged.tape", "t.svg", "t.png", "t.html"].map(workspace.path)
        let commands: [[String]] = [
            ["info"], ["info", "--format", "jsonl"], ["query", "messages"], ["query", "telemetry", "-m", "*"],
            ["query", "telemetry", "-m", "temp", "--svg", files[4]], ["query", "trend", "-m", "temp", "--every", "1m"],
            ["query", "trend", "-m", "temp", "--every", "1m", "--png", files[5]], ["query", "commands"],
            ["query", "commands", "--id", "c1"], ["query", "commands", "--summary"], ["query", "configs", "--diff"],
            ["query", "state"], ["query", "licenses"], ["query", "firmware"], ["query", "devices", "--detail"],
            ["query", "findings"], ["query", "gaps"], ["query", "timeline", "-d", "a", "--html", files[6]],
            ["export", "-o", files[0]], ["export", "--format", "csv", "-o", files[1]], ["verify"], ["seal"],
            ["slice", "-o", files[2]],
        ]
        for command in commands {
            let isQuery = command[0] == "query"
            let head = Array(command.prefix(isQuery ? 2 : 1))
            let result = try Program.run(head + [tape] + command.dropFirst(head.count), in: workspace)
            #expect(result.status == 0 || result.status == 3, "\(command): \(result.errors)")
        }
        for command in [
            ["query", "sql", tape, "SELECT * FROM messages"], ["query", "sql", tape, "SELECT * FROM samples"],
            ["query", "sql", tape, "SELECT * FROM sessions"],
            ["merge", tape, files[2], "-o", files[3], "--keep-duplicates"], ["diff", tape, files[2]],
            ["replay", tape, "--broker", "mqtt://127.0.0.1:1", "--dry-run", "--include-cloud", "--send-placeholders"],
            ["query", "messages", workspace.path("none.tape")],
        ] {
            _ = try Program.run(command, in: workspace, environment: ["TAPEDECK_PASSWORD": Self.password])
        }
        let failed = try Program.run(
            ["record", workspace.path("f.tape"), "--broker", "mqtt://127.0.0.1:1", "-u", "me"], in: workspace,
            environment: ["TAPEDECK_PASSWORD": Self.password])
        #expect(failed.status == 1 && !failed.errors.isEmpty)
        for file in files { #expect(FileManager.default.fileExists(atPath: file), "\(file) was not made") }
        expectPrivate(files)
        try search(workspace)

        let lines = try Program.run(["export", tape, "-q"], in: workspace).output
        #expect(lines.contains("fw.bin?X-Amz-Expires=900&X-Amz-Signature=redacted:"))
        #expect(lines.contains(#"\"temp\":21.5,\"serial\":\"redacted:"#))
        let info = try Program.run(["info", tape, "--format", "jsonl"], in: workspace).output
        #expect(info.contains(#""redacted":{"properties":5,"members":8,"addresses":1,"literals":3}"#), "\(info)")
    }

    @Test func `a password in a file reaches nothing either`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let file = try workspace.write("broker.pw", Self.password + "\n")
        chmod(file, 0o600)
        let recorder = try Program.record(
            workspace.path("s.tape"), from: broker, ["-u", "me", "--password-file", file, "--json"])
        #expect(try Program.stop(recorder) == 0)
        try search(workspace, sparing: ["broker.pw"])
    }

    @Test func `redact makes a tape without secrets, everything else as it was`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let (tape, output) = (workspace.path("kept.tape"), workspace.path("redacted.tape"))
        try record(tape, broker, ["--keep-secrets"])
        let before = try Program.run(["export", tape, "-q"], in: workspace)
        #expect(before.output.contains(Self.accessKey) && before.output.contains(Self.license))
        for name in try FileManager.default.contentsOfDirectory(atPath: workspace.folder) where name.hasSuffix(".out") {
            try FileManager.default.removeItem(atPath: workspace.path(name))
        }
        let redacted = try Program.run(
            ["redact", tape, "-o", output, "--redact", "/telemetries/serial"], in: workspace)
        #expect(
            redacted.status == 0 && redacted.errors.contains("17 secrets replaced in 10 of 10 messages"),
            "\(redacted.errors)")
        expectPrivate([output])
        let after = try Program.run(["export", output, "-q"], in: workspace)
        try search(workspace, sparing: ["kept.tape", "kept.tape-wal", "kept.tape-shm"])
        #expect(Self.plain(after.output) == Self.plain(before.output))
        #expect(try Program.run(["verify", output], in: workspace).status == 0)
        let again = try Program.run(["redact", tape, "-o", output], in: workspace)
        #expect(again.status == 1 && again.errors.contains("is there already"))

        let (first, second) = (try TapeReader(path: tape), try TapeReader(path: output))
        let (old, new) = (try #require(try first.sessions().first), try #require(try second.sessions().first))
        #expect(old.redactions == 0 && new.redactions == 17)
        #expect(new.options.contains(#""redaction":true"#) && new.options.contains("redaction_key"))
        #expect(
            (old.id, old.clientID, old.startedAt, old.endedAt, old.messages, old.tags)
                == (new.id, new.clientID, new.startedAt, new.endedAt, new.messages, new.tags))
        #expect(try first.gaps() == (try second.gaps()))
        let (left, right) = (try first.messages(), try second.messages())
        while let message = try left.next() {
            let other = try #require(try right.next())
            #expect(
                (message.sequence, message.session, message.arrival, message.monotonic, message.packetID)
                    == (other.sequence, other.session, other.arrival, other.monotonic, other.packetID))
        }
        #expect(try right.next() == nil)
    }

    /// Lines with secrets and placeholders both taken out.
    private static func plain(_ lines: String) -> String {
        var lines = lines.replacing(#/,"redactions":\d+/#, with: "").replacing(#/redacted:[0-9a-f]{32}/#, with: "§")
        for secret in secrets + [#"wifi pass \\u00e9 phrase"#] { lines = lines.replacing(secret, with: "§") }
        return lines
    }

    @Test func `a tape that is being recorded, or none, is not redacted`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("live.tape")
        let recorder = try Program.record(tape, from: broker)
        let live = try Program.run(["redact", tape, "-o", workspace.path("x.tape")], in: workspace)
        #expect(live.status == 1 && live.errors.contains("it is being recorded; stop the recording first"))
        #expect(try Program.stop(recorder) == 0)
        for arguments in [
            ["redact", tape, "-o", "-"], ["redact", tape, "-o", workspace.path("x.tape"), "--redact", "nothing"],
            ["record", tape, "--broker", broker.url, "--keep-secrets", "--redact-key", "x"],
        ] {
            #expect(try Program.run(arguments, in: workspace).status == 64)
        }
        #expect(!FileManager.default.fileExists(atPath: workspace.path("x.tape")))
    }
}
