import DeviceProtocol
import Foundation
import Glibc
import Tape
import Testing

/// Messages in and out of tapes through the program: files, pipes, exit codes, what is left behind.
@Suite struct ImportExportTests {
    private static let simulation = ["--devices", "5", "--count", "300", "--odd", "0.2", "--start", "2026-11-22"]

    /// A tape of a small rough fleet.
    private func simulate(_ workspace: Workspace, _ name: String, _ arguments: [String] = []) throws -> String {
        let tape = workspace.path(name)
        let result = try Program.run(["simulate", "--to-tape", tape] + Self.simulation + arguments, in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return tape
    }

    private func export(_ tape: String, _ arguments: [String] = [], in workspace: Workspace) throws -> String {
        let result = try Program.run(["export", tape, "-q"] + arguments, in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    /// Has the redaction key in the workspace.
    private func environment(_ workspace: Workspace) -> [String: String] {
        ["TAPEDECK_REDACTION_KEY_FILE": workspace.path("redaction.key")]
    }

    private func mode(_ file: String) -> mode_t? {
        var status = stat()
        return stat(file, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test func `the same seed and start write the same tape, whole and in order`() throws {
        let workspace = try Workspace()
        let first = try simulate(workspace, "first.tape")
        let lines = try export(first, in: workspace)
        #expect(lines == (try export(try simulate(workspace, "second.tape"), in: workspace)))
        #expect(lines != (try export(try simulate(workspace, "third.tape", ["--seed", "2"]), in: workspace)))
        #expect(lines.hasPrefix(#"{"seq":1,"time":"2026-11-22T00:00:0"#))
        let tape = try TapeReader(path: first)
        let cursor = try tape.messages()
        var last: Int64 = 0
        while let message = try cursor.next() {
            #expect(message.arrival.nanoseconds > last)
            last = message.arrival.nanoseconds
        }
        let session = try #require(try tape.sessions().first)
        #expect(session.source == "simulate" && session.broker == nil && session.endReason == "limit")
        #expect(session.endedAt?.nanoseconds == last)
        #expect(mode(first) == 0o600)
    }

    @Test func `export, import, export gives the same lines, through files and pipes`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace, "a.tape")
        let file = workspace.path("a.jsonl")
        let exported = try Program.run(["export", tape, "-o", file], in: workspace)
        #expect(exported.status == 0 && exported.output.isEmpty)
        #expect(exported.errors.contains("messages, "))
        #expect(mode(file) == 0o600)
        let lines = try String(contentsOfFile: file, encoding: .utf8)
        let copy = workspace.path("b.tape")
        let imported = try Program.run(["import", file, "-o", copy, "--keep-secrets"], in: workspace)
        #expect(imported.status == 0, "\(imported.errors)")
        #expect(imported.errors.contains("warning: --keep-secrets"))
        #expect(mode(copy) == 0o600)
        #expect(try export(copy, in: workspace) == lines)
        #expect(try Program.run(["query", "messages", copy, "--format", "jsonl"], in: workspace).output == lines)
        let piped = workspace.path("c.tape")
        let child = try ChildProcess(
            "sh", ["-c", "cat \(file) | \(Program.path) import - -o \(piped) --keep-secrets"], in: workspace)
        #expect(try child.wait() == 0)
        #expect(child.errors.contains("imported standard input: "))
        #expect(try export(piped, in: workspace) == lines)
    }

    @Test func `secrets are replaced once, and placeholders stay`() throws {
        let workspace = try Workspace()
        let lines = try export(try simulate(workspace, "a.tape"), in: workspace)
        let environment = environment(workspace)
        let file = try workspace.write("a.jsonl", lines)
        let first = workspace.path("b.tape")
        let imported = try Program.run(["import", file, "-o", first], in: workspace, environment: environment)
        #expect(imported.status == 0 && imported.errors.contains(" secrets replaced"))
        let redacted = try export(first, in: workspace)
        #expect(redacted.contains(#"["access_key","redacted:"#) && redacted.contains(#","redactions":1}"#))
        let again = workspace.path("c.tape")
        let second = try Program.run(
            ["import", try workspace.write("b.jsonl", redacted), "-o", again], in: workspace,
            environment: ["TAPEDECK_REDACTION_KEY_FILE": workspace.path("other.key")])
        #expect(second.status == 0 && !second.errors.contains("replaced"))
        #expect(try export(again, in: workspace) == redacted)
    }

    @Test func `a selection leaves as CSV or JSON Lines`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace, "a.tape")
        let csv = try export(tape, ["--format", "csv", "--kind", "command"], in: workspace)
        let query = ["query", "messages", tape, "--kind", "command", "--format", "csv"]
        #expect(csv == (try Program.run(query, in: workspace).output))
        #expect(csv.hasPrefix("seq,time,device_time,device,kind,topic,qos,retain,dup,payload,payload_base64,"))
        let lines = try export(tape, ["--kind", "command"], in: workspace)
        #expect(!lines.isEmpty && lines.split(separator: "\n").allSatisfy { $0.contains(#""kind":"command""#) })
    }

    @Test func `a file that is there is kept, unless --force replaces it`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace, "a.tape")
        let file = try workspace.write("a.jsonl", "mine")
        let refused = try Program.run(["export", tape, "-o", file], in: workspace)
        #expect(refused.status == 1 && refused.errors.contains("\(file) is there already"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        #expect(try Program.run(["export", tape, "-o", file, "--force"], in: workspace).status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == (try export(tape, in: workspace)))
        let suicide = try Program.run(["export", tape, "-o", tape, "--force"], in: workspace)
        #expect(suicide.status == 1 && suicide.errors.contains("is the tape itself"))
        #expect(try Program.run(["export", tape, "-o", "/dev/null"], in: workspace).status == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: workspace.folder)
        #expect(!left.contains { $0.hasPrefix("a.jsonl.") })
    }

    @Test func `broken lines end an import with 1 and nothing, or are passed over with 3`() throws {
        let workspace = try Workspace()
        let good = #"{"time":1795356000,"topic":"a","payload":{"x":1},"note":"y"}"#
        let file = try workspace.write("in.jsonl", good + "\n" + good + "\n{\"time\":oops}\n" + good + "\n")
        let tape = workspace.path("t.tape")
        let strict = try Program.run(["import", file, "-o", tape], in: workspace, environment: environment(workspace))
        #expect(strict.status == 1)
        let offset = 2 * (good.utf8.count + 1) + 8
        #expect(strict.errors.contains("tapedeck: \(file), line 3, byte \(offset): no valid JSON: a value expected"))
        #expect(strict.errors.contains("nothing was imported"))
        #expect(!FileManager.default.fileExists(atPath: tape))
        let lenient = try Program.run(
            ["import", file, "-o", tape, "--skip-broken"], in: workspace, environment: environment(workspace))
        #expect(lenient.status == 3)
        #expect(lenient.errors.contains("1 broken line passed over"))
        #expect(lenient.errors.contains("read as seconds since 1970, the first as 2026-11-22T14:00:00.000000000Z"))
        #expect(lenient.errors.contains("`note` (3)"))
        #expect(try export(tape, in: workspace).contains(#""payload":"{\"x\":1}""#))
    }

    @Test func `an interrupted import leaves nothing and exits 130`() throws {
        let workspace = try Workspace()
        let tape = workspace.path("t.tape")
        let child = try Program.start(
            ["import", "-", "-o", tape], in: workspace, environment: environment(workspace), pipesInput: true)
        child.write(#"{"time":1795356000,"topic":"a","payload":"x"}"# + "\n")
        try poll("the tape to be made") { FileManager.default.fileExists(atPath: tape) }
        child.signal(SIGINT)
        #expect(try child.wait() == 130)
        #expect(child.errors.contains("stopped: nothing was imported"))
        #expect(!FileManager.default.fileExists(atPath: tape))
    }

    @Test func `an import goes on on a tape that is there, as a session of its own`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace, "a.tape")
        let before = try export(tape, in: workspace)
        let file = try workspace.write("in.jsonl", #"{"time":1795356000,"topic":"a","payload":"x"}"#)
        let result = try Program.run(["import", file, "-o", tape], in: workspace, environment: environment(workspace))
        #expect(result.status == 0 && result.errors.contains("as session 2"))
        let after = try export(tape, in: workspace)
        #expect(after.hasPrefix(before) && after.hasSuffix(#""payload":"x","session":2}"# + "\n"))
    }

    @Test func `wrong use is answered by one sentence`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace, "a.tape")
        let lines = try workspace.write("a.jsonl", try export(tape, in: workspace))
        let out = workspace.path("out.tape")
        let cases: [([String], Int32, String)] = [
            (["import", workspace.path("none"), "-o", out], 1, "no file at"),
            (["import", workspace.folder, "-o", out], 1, "is a folder"),
            (["import", tape, "-o", out], 1, "is a tape or another SQLite database"),
            (["import", try workspace.write("x.gz", bytes: [0x1f, 0x8b, 8, 0]), "-o", out], 1, "zcat"),
            (["import", try workspace.write("empty", ""), "-o", out], 1, "holds no messages"),
            (["import", lines, "-o", lines], 1, "is not a tape"),
            (["import", lines, "-o", workspace.folder], 1, "is a folder"),
            (["import", lines], 64, "--output"),
            (["import", lines, "-o", "-"], 64, "standard output"),
            (["export", workspace.path("none")], 1, "no tape at"),
            (["export", workspace.folder], 1, "is a folder"),
            (["export", lines], 1, "looks like JSON Lines"),
            (["export", tape, "-o", workspace.folder], 1, "is a folder"),
            (["export", tape, "-o", workspace.path("none/x")], 1, "cannot write"),
            (["export", tape, "--format", "tsv"], 64, "tsv"),
            (["simulate", "--to-tape", out], 64, "--duration or --count"),
            (["simulate", "--to-tape", out, "--count", "1", "--broker", "mqtt://h"], 64, "--broker"),
            (["simulate", "--to-tape", out, "--count", "1", "--start", "yestrday"], 64, "yestrday"),
            (["simulate", "--start", "now"], 64, "--to-tape"),
            (["simulate", "--to-tape", workspace.folder, "--count", "1"], 1, "is a folder"),
        ]
        for (arguments, status, words) in cases {
            let result = try Program.run(arguments, in: workspace, environment: environment(workspace))
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
            #expect(result.output.isEmpty, "\(arguments)")
        }
        #expect(!FileManager.default.fileExists(atPath: out))
    }
}
