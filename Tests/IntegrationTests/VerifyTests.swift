import Foundation
import Glibc
import SQLite
import Tape
import Testing

/// `verify` and `verify --repair` through the program.
@Suite struct VerifyCommandTests {
    private func tape(_ workspace: Workspace) throws -> String {
        let tape = workspace.path("a.tape")
        let arguments = ["--devices", "5", "--count", "300", "--odd", "0.2", "--start", "2026-11-22"]
        let result = try Program.run(["simulate", "--to-tape", tape] + arguments, in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return tape
    }

    private func change(_ tape: String, _ sql: String) throws {
        try Connection(path: tape, mode: .readWrite).execute(sql)
    }

    @Test func `a sound tape is told to be sound, in words and for machines`() throws {
        let workspace = try Workspace()
        let tape = try tape(workspace)
        let table = try Program.run(["verify", tape, "--format", "table"], in: workspace)
        #expect(table.status == 0 && table.errors.contains("is sound"))
        #expect(table.output.hasPrefix("check") && table.output.contains("numbering"))
        let lines = try Program.run(["verify", tape, "-q"], in: workspace)
        #expect(lines.status == 0 && lines.errors.isEmpty)
        #expect(lines.output.split(separator: "\n").count == 6)
        #expect(lines.output.contains(#"{"type":"check","check":"pages","examined":"#))
    }

    @Test func `a damaged tape exits 3, and what can be saved is sound again`() throws {
        let workspace = try Workspace()
        let tape = try tape(workspace)
        try change(tape, "UPDATE segment SET directory = zeroblob(9); UPDATE journal SET body = zeroblob(9)")
        let nothing = workspace.path("nothing.tape")
        let hopeless = try Program.run(["verify", tape, "--repair", "-o", nothing], in: workspace)
        #expect(hopeless.status == 1 && hopeless.errors.contains("no message of"), "\(hopeless.errors)")
        #expect(!FileManager.default.fileExists(atPath: nothing))
        let other = workspace.path("b.tape")
        let simulation = ["--devices", "3", "--count", "200", "--start", "2026-11-22"]
        #expect(try Program.run(["simulate", "--to-tape", other] + simulation, in: workspace).status == 0)
        try change(other, "UPDATE segment SET body = CAST(zeroblob(40) || substr(body, 41) AS BLOB)")
        let found = try Program.run(["verify", other], in: workspace)
        #expect(found.status == 3 && found.output.contains(#"{"type":"fault","check":"segments","first_seq":"#))
        let saved = workspace.path("saved.tape")
        let repaired = try Program.run(["verify", other, "--repair", "-o", saved, "--format", "table"], in: workspace)
        #expect(repaired.status == 3, "\(repaired.errors)")
        #expect(repaired.output.contains("\nlost:\nseq ") && repaired.errors.contains(" lost in 1 stretch"))
        #expect(try Program.run(["verify", saved], in: workspace).status == 0)
        #expect(try TapeReader(path: saved).gaps().contains { $0.cause == "damaged" })
        var status = stat()
        #expect(stat(saved, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func `wrong use is told in a sentence`() throws {
        let workspace = try Workspace()
        let tape = try tape(workspace)
        for (arguments, status, words) in [
            (["verify", tape, "--repair"], Int32(64), "name it with -o"),
            (["verify", tape, "-o", workspace.path("b.tape")], 64, "--output belongs to --repair"),
            (["verify", tape, "--repair", "-o", tape], 1, "is there already"),
            (["verify", tape, "--repair", "-o", workspace.folder], 1, "is a folder"),
            (["verify", workspace.path("none.tape")], 1, "no tape at"),
            (["verify", try workspace.write("text", "hello")], 1, "is not a tape"),
        ] {
            let result = try Program.run(arguments, in: workspace)
            #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)")
        }
    }
}
