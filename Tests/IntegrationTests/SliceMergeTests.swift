import Foundation
import Glibc
import Tape
import Testing

/// `slice` and `merge` through the program.
@Suite struct SliceMergeTests {
    private func tape(_ workspace: Workspace, _ name: String, _ arguments: [String] = []) throws -> String {
        let tape = workspace.path(name)
        let simulation = ["--devices", "5", "--count", "600", "--odd", "0.2", "--start", "2026-11-22"]
        let result = try Program.run(["simulate", "--to-tape", tape] + simulation + arguments, in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return tape
    }

    /// The messages as lines without what copying numbers anew.
    private func lines(_ tape: String, _ arguments: [String] = [], in workspace: Workspace) throws -> [String] {
        let result = try Program.run(["export", tape, "-q"] + arguments, in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init).map { line in
            line.replacing(#/"(seq|session)":\d+,?/#, with: "")
        }
    }

    @Test func `a slice has the window as it was, and the state in front`() throws {
        let workspace = try Workspace()
        let tape = try tape(workspace, "a.tape")
        let window = ["--since", "2026-11-22T00:00:40Z", "--until", "2026-11-22T00:01:20Z"]
        let output = workspace.path("b.tape")
        let sliced = try Program.run(["slice", tape, "-o", output] + window, in: workspace)
        #expect(sliced.status == 0 && sliced.errors.contains(" of the state before, onto "), "\(sliced.errors)")
        let expected = try lines(tape, window, in: workspace)
        #expect(!expected.isEmpty)
        #expect(try lines(output, ["--session", "2"], in: workspace) == expected)
        #expect(try TapeReader(path: output).sessions().map(\.source) == ["slice-state", "simulate"])
        var status = stat()
        #expect(stat(output, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try Program.run(["verify", output], in: workspace).status == 0)
        let bare = workspace.path("c.tape")
        #expect(try Program.run(["slice", tape, "-o", bare, "--no-state"] + window, in: workspace).status == 0)
        #expect(try lines(bare, in: workspace) == expected)
        let left = try FileManager.default.contentsOfDirectory(atPath: workspace.folder)
        #expect(!left.contains { $0.contains(".part") })
    }

    @Test func `two halves are the whole again`() throws {
        let workspace = try Workspace()
        let tape = try tape(workspace, "a.tape")
        let (first, second) = (workspace.path("1.tape"), workspace.path("2.tape"))
        let cut = "2026-11-22T00:01:00Z"
        #expect(try Program.run(["slice", tape, "-o", first, "--until", cut], in: workspace).status == 0)
        #expect(
            try Program.run(["slice", tape, "-o", second, "--since", cut, "--no-state"], in: workspace).status == 0)
        let whole = workspace.path("whole.tape")
        let merged = try Program.run(["merge", first, second, "-o", whole], in: workspace)
        #expect(merged.status == 0 && merged.errors.contains("0 duplicates left out"), "\(merged.errors)")
        #expect(try lines(whole, in: workspace) == (try lines(tape, in: workspace)))
        let twice = workspace.path("twice.tape")
        let again = try Program.run(["merge", tape, whole, "-o", twice], in: workspace)
        #expect(again.status == 0)
        #expect(try lines(twice, in: workspace) == (try lines(tape, in: workspace)))
        #expect(try Program.run(["verify", twice], in: workspace).status == 0)
        let all = workspace.path("all.tape")
        #expect(try Program.run(["merge", tape, whole, "-o", all, "--keep-duplicates"], in: workspace).status == 0)
        #expect(try lines(all, in: workspace).count == 2 * lines(tape, in: workspace).count)
    }

    @Test func `wrong use is told in a sentence, and nothing is left behind`() throws {
        let workspace = try Workspace()
        let tape = try tape(workspace, "a.tape")
        let new = workspace.path("new.tape")
        for (arguments, status, words) in [
            (["slice", tape, "-o", tape], Int32(1), "is there already"),
            (["slice", tape, "-o", "-"], 64, "cannot be written to standard output"),
            (["slice", tape, "-o", new, "-d", "nobody"], 1, "nothing selected"),
            (["slice", tape, "-o", new, "--state-reach", "long"], 64, "--state-reach"),
            (["slice", tape, "-o", workspace.path("no/such/new.tape")], 1, "does not exist"),
            (["slice", workspace.path("none.tape"), "-o", new], 1, "no tape at"),
            (["merge", tape, "-o", new], 64, "two tapes or more"),
            (["merge", tape, tape, "-o", tape], 1, "is there already"),
            (["merge", tape, workspace.path("none.tape"), "-o", new], 1, "no tape at"),
            (["merge", tape, tape, "-o", new, "--tolerance", "soon"], 64, "--tolerance"),
        ] {
            let result = try Program.run(arguments, in: workspace)
            #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: new))
    }
}
