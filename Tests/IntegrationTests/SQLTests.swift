import Foundation
import Glibc
import Testing

/// SQL over a tape: the command, and the extension in programs that are not ours.
@Suite struct SQLTests {
    private func simulate(_ workspace: Workspace, _ name: String = "fleet.tape") throws -> String {
        let tape = workspace.path(name)
        let result = try Program.run(
            [
                "simulate", "--to-tape", tape, "--devices", "5", "--count", "600", "--odd", "0.2", "--start",
                "2026-11-22",
            ], in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return tape
    }

    /// How many messages a tape has, as another command says.
    private func count(_ tape: String, in workspace: Workspace) throws -> Int {
        Self.lines(try Program.run(["query", "messages", tape, "-q", "--format", "jsonl"], in: workspace).output).count
    }

    // MARK: The command

    @Test func `rows come in every format, columns of one name apart`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace)
        func ask(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
            try Program.run(["query", "sql", tape, "-q"] + arguments, in: workspace)
        }
        let odd = #"SELECT 1 AS a, NULL AS a, 'x' AS "q""x", x'ff' AS b"#
        #expect(try ask(odd).output == "{\"a\":1,\"a_2\":null,\"q\\\"x\":\"x\",\"b\":\"/w==\"}\n")
        #expect(Self.lines(try ask(odd, "--format", "csv").output) == ["a,a_2,\"q\"\"x\",b", "1,,x,/w=="])
        #expect(try ask("SELECT count(*) AS n FROM messages").output == "{\"n\":\(try count(tape, in: workspace))}\n")
        #expect(try ask("SELECT seq FROM messages ORDER BY seq", "-n", "2").output == "{\"seq\":1}\n{\"seq\":2}\n")
        #expect(Self.lines(try ask("--tables", "--format", "csv").output).contains("samples,metric,TEXT"))
        let file = try workspace.write("query.sql", "-- a question\nSELECT 7 AS seven;\n")
        #expect(try ask("--file", file).output == "{\"seven\":7}\n")
        let wrong = try ask("SELECT devcie FROM samples")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("line 1, column 8"))
        #expect(wrong.errors.contains("did you mean `device`"))
        #expect(try ask("DROP TABLE messages").status == 1)
        #expect(try ask().status == 64)
    }

    @Test func `a query that runs away ends with Ctrl-C and with its time`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace)
        let endless = "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"
        let late = try Program.run(["query", "sql", tape, endless, "--timeout", "200ms"], in: workspace, within: 20)
        #expect(late.status == 1)
        #expect(late.errors.contains("--timeout"))
        let rows = "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
        let child = try Program.start(["query", "sql", tape, rows], in: workspace)
        try poll("the first row") { !child.output.isEmpty }
        child.signal(SIGINT)
        #expect(try child.wait(within: 20) == 130)
    }

    // MARK: The extension

    /// The built extension under the name that SQLite expects.
    private func install(_ workspace: Workspace) throws -> String {
        let folder = (Program.path as NSString).deletingLastPathComponent as NSString
        let library = folder.appendingPathComponent("libTapeExtension.so")
        #expect(FileManager.default.fileExists(atPath: library))
        let name = workspace.path("tapedeck.so")
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: library)
        return workspace.path("tapedeck")
    }

    private func run(
        _ program: String, _ arguments: [String], in workspace: Workspace
    ) throws -> (status: Int32, output: String, errors: String) {
        let child = try ChildProcess(program, arguments, in: workspace)
        let status = try child.wait(within: 60)
        return (status, child.output, child.errors)
    }

    @Test func `the sqlite3 shell asks the tape that it has open`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace)
        let library = try install(workspace)
        let question = "SELECT seq, time, device, metric, value, status, op FROM samples ORDER BY seq"
        let own = try Program.run(["query", "sql", tape, question, "--format", "csv", "-q"], in: workspace)
        let shell = try run(
            "sqlite3", ["-csv", "-header", "-cmd", ".load \(library)", tape, question], in: workspace)
        #expect(shell.errors.isEmpty)
        #expect(Self.lines(shell.output).count == Self.lines(own.output).count)
        let counts = try run(
            "sqlite3",
            [
                "-cmd", ".load \(library)", tape,
                """
                SELECT count(*) FROM messages; SELECT count(*) > 4 FROM tape_devices; SELECT max(session) FROM sessions;
                SELECT count(*) > 0 FROM samples WHERE metric GLOB '*'; PRAGMA integrity_check;
                """,
            ], in: workspace)
        #expect(Self.lines(counts.output) == ["\(try count(tape, in: workspace))", "1", "1", "1", "ok"])
        let write = try run("sqlite3", ["-cmd", ".load \(library)", tape, "DELETE FROM samples"], in: workspace)
        #expect(write.errors.contains("may not be modified"))
    }

    @Test func `tapes are named where none is open, and joined`() throws {
        let workspace = try Workspace()
        let (first, second) = (try simulate(workspace, "a.tape"), try simulate(workspace, "b.tape"))
        let library = try install(workspace)
        let sql = """
            SELECT count(*) FROM messages('\(first)') a JOIN messages('\(second)') b USING (seq) WHERE a.topic = b.topic AND seq < 50
            """
        #expect(try run("sqlite3", ["-cmd", ".load \(library)", ":memory:", sql], in: workspace).output == "49\n")
        let none = try run(
            "sqlite3", ["-cmd", ".load \(library)", ":memory:", "SELECT * FROM messages"], in: workspace)
        #expect(none.errors.contains("no tape"))
        let text = try workspace.write("text", "hello")
        let wrong = try run(
            "sqlite3", ["-cmd", ".load \(library)", ":memory:", "SELECT * FROM messages('\(text)')"], in: workspace)
        #expect(wrong.errors.contains("is not a tape"))
    }

    @Test func `Python asks, sees what is added, and disturbs nobody`() throws {
        let workspace = try Workspace()
        let tape = try simulate(workspace)
        let library = try install(workspace)
        let script = try workspace.write(
            "ask.py",
            """
            import sqlite3, subprocess, sys
            database = sqlite3.connect(sys.argv[1])
            database.enable_load_extension(True)
            database.load_extension(sys.argv[2])
            ask = lambda sql, *values: database.execute(sql, values).fetchall()
            count = ask("SELECT count(*) FROM messages")[0][0]
            assert count >= 600
            device = ask("SELECT device FROM tape_devices")[0][0]
            one = ask("SELECT count(*) FROM messages WHERE device = ?", device)
            assert one == ask("SELECT count(*) FROM messages WHERE device || '' = ?", device) and one[0][0] > 0
            assert ask("SELECT count(*) FROM samples WHERE metric IN ('x', ?)", "y") == [(0,)]
            scan = database.execute("SELECT seq FROM messages ORDER BY seq")
            assert [next(scan)[0] for _ in range(3)] == [1, 2, 3]
            # While a scan is open, somebody else seals the tape; the scan goes on undisturbed.
            subprocess.run([sys.argv[3], "seal", sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
            assert [row[0] for row in scan] == list(range(4, count + 1))
            assert ask("SELECT count(*), count(DISTINCT seq) FROM messages") == [(count, count)]
            assert ask("PRAGMA integrity_check") == [("ok",)]
            for wrong in ("INSERT INTO messages VALUES (1)", "SELECT * FROM messages(1, 2, 3)"):
                try:
                    ask(wrong)
                except sqlite3.OperationalError:
                    continue
                raise AssertionError(wrong)
            database.close()
            print("fine")
            """)
        // Python's own builds often leave extension loading out; Debian's has it.
        let result = try run("/usr/bin/python3", [script, tape, library, Program.path], in: workspace)
        #expect(result.output == "fine\n", "\(result.errors)")
        #expect(try Program.run(["verify", tape], in: workspace).status == 0)
    }

    /// Lines with either ending; to Swift both bytes of one are a single character.
    private static func lines(_ text: String) -> [String] {
        text.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
    }
}
