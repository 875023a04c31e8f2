import Foundation
import Tape
import Testing

/// `diff` through the program.
@Suite struct DiffTests {
    private func tape(_ workspace: Workspace, _ name: String, seed: Int = 1, _ more: [String] = []) throws -> String {
        let tape = workspace.path(name)
        let arguments = ["simulate", "--to-tape", tape, "--devices", "5", "--count", "600", "--seed", "\(seed)"]
        let result = try Program.run(arguments + (more.isEmpty ? ["--start", "2026-11-22"] : more), in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return tape
    }

    /// Makes another tape of a tape's lines.
    private func changed(
        _ tape: String, _ name: String, in workspace: Workspace, _ change: ([String]) -> [String]
    ) throws -> String {
        let exported = try Program.run(["export", tape, "-q"], in: workspace)
        let lines = change(exported.output.split(separator: "\n").map(String.init))
        let file = try workspace.write(name + ".jsonl", lines.joined(separator: "\n") + "\n")
        let output = workspace.path(name)
        let imported = try Program.run(["import", file, "-o", output, "--keep-secrets"], in: workspace)
        #expect(imported.status == 0, "\(imported.errors)")
        return output
    }

    private func rows(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func `the same run at another time is the same, and says how much was compared`() throws {
        let workspace = try Workspace()
        let (first, again) = (
            try tape(workspace, "a.tape"), try tape(workspace, "b.tape", ["--start", "2026-11-23"])
        )
        for pair in [[first, first], [first, again]] {
            let result = try Program.run(["diff"] + pair, in: workspace)
            #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
            #expect(result.errors.hasPrefix("same: ") && result.errors.contains(" of 5 devices compared"))
        }
        let strict = try Program.run(["diff", "--strict", first, again, "-q"], in: workspace)
        #expect(strict.status == 3 && strict.errors.isEmpty && strict.output.contains(#""path":"/timestamp""#))
    }

    @Test func `a parameter, a configuration that was not sent and a late answer are found, and nothing else`() throws {
        let workspace = try Workspace()
        let base = try tape(workspace, "a.tape")
        var touched: [String] = []
        let candidate = try changed(base, "b.tape", in: workspace) { lines in
            var lines = lines
            guard
                let command = lines.firstIndex(where: {
                    $0.contains(#""kind":"command","#) && $0.contains(#"ameters\":{\""#)
                }),
                let config = lines.lastIndex(where: { $0.contains(#""kind":"config","#) }),
                let answer = lines.firstIndex(where: {
                    $0.contains(#""kind":"command_update","#) && $0.contains("done")
                })
            else { return lines }
            lines[command] = lines[command].replacing(#"ameters\":{"#, with: #"ameters\":{\"seeded\":1,"#)
            let second = lines[answer].prefix { $0 != "." }.suffix(2)
            touched.append(String(second))
            lines[answer] = moved(lines[answer], bySeconds: 3)
            lines.remove(at: config)
            return lines.sorted { time($0) < time($1) }
        }
        let result = try Program.run(["diff", base, candidate, "--format", "jsonl"], in: workspace)
        #expect(result.status == 3, "\(result.errors)")
        let found = try rows(result.output).map { row in
            "\(row["verdict"] ?? "") \(row["kind"] ?? "") \(row["path"] ?? "")"
        }
        #expect(
            found.sorted() == ["changed command /parameters/seeded", "late command_update ", "missing config "],
            "\(found) \(result.errors)")
        #expect(result.errors.contains("different: 1 missing, 1 changed, 1 late; "))
        let late = try rows(result.output).first { $0["verdict"] as? String == "late" }
        #expect((late?["late_ms"] as? Double ?? 0) > 2_900 && (late?["late_ms"] as? Double ?? 0) < 3_100)
    }

    private func time(_ line: String) -> Substring {
        line.firstRange(of: #""time":""#).map { line[$0.upperBound...] } ?? ""
    }

    private func moved(_ line: String, bySeconds seconds: Double) -> String {
        let text = String(time(line).prefix(30))
        let parser = ISO8601DateFormatter()
        guard let date = parser.date(from: String(text.prefix(19)) + "Z") else { return line }
        let later = String(parser.string(from: date.addingTimeInterval(seconds)).dropLast()) + text.dropFirst(19)
        return line.replacing(text, with: later, maxReplacements: 1)
    }

    @Test func `two fleets differ, and by rules that were written they do not`() throws {
        let workspace = try Workspace()
        let (first, second) = (try tape(workspace, "a.tape"), try tape(workspace, "b.tape", seed: 2))
        let rules = workspace.path("rules.json")
        let written = try Program.run(["diff", first, second, "--write-rules", rules], in: workspace)
        #expect(
            written.status == 0 && written.errors.contains("under them both tapes are the same"), "\(written.errors)")
        let same = try Program.run(["diff", first, second, "--rules", rules], in: workspace)
        #expect(same.status == 0 && same.output.isEmpty, "\(same.errors)")
        let again = try Program.run(["diff", first, second, "--write-rules", rules], in: workspace)
        #expect(again.status == 1 && again.errors.contains("is there already"))
    }

    @Test func `reports go into files, sums come alone, and numbers of rows are limited`() throws {
        let workspace = try Workspace()
        let (first, second) = (try tape(workspace, "a.tape"), try tape(workspace, "b.tape", seed: 2))
        for (format, begin) in [("html", "<!DOCTYPE html>"), ("junit", "<?xml "), ("table", "device "), ("jsonl", "{")]
        {
            let file = workspace.path("report." + format)
            let result = try Program.run(
                ["diff", first, second, "--format", format, "-o", file], in: workspace)
            #expect(result.status == 3 && result.output.isEmpty, "\(result.errors)")
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix(begin))
        }
        let summary = try Program.run(["diff", first, second, "--summary"], in: workspace)
        let sums = try rows(summary.output)
        #expect(sums.allSatisfy { $0["same"] != nil && $0["missing"] != nil } && sums.count > 10)
        let limited = try Program.run(["diff", first, second, "-n", "3"], in: workspace)
        #expect(try rows(limited.output).count == 3 && limited.errors.contains(" more differences"))
    }

    @Test func `sessions and windows are chosen for each tape`() throws {
        let workspace = try Workspace()
        let first = try tape(workspace, "a.tape")
        _ = try tape(workspace, "a.tape", ["--start", "2026-11-23"])
        let sessions = try Program.run(
            ["diff", first, first, "--base-session", "1", "--candidate-session", "2"], in: workspace)
        #expect(sessions.status == 0, "\(sessions.errors)")
        let window = try Program.run(
            [
                "diff", first, first, "--base-session", "1", "--candidate-session", "1", "--candidate-since",
                "2026-11-22T00:01:00Z", "--base-since", "2026-11-22T00:01:00Z", "--kind", "telemetry",
            ], in: workspace)
        #expect(window.status == 0, "\(window.errors)")
    }

    @Test func `nothing to compare is an error, and so is wrong use`() throws {
        let workspace = try Workspace()
        let first = try tape(workspace, "a.tape")
        func expect(_ arguments: [String], _ status: Int32, _ words: String) throws {
            let result = try Program.run(["diff"] + arguments, in: workspace)
            #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)")
        }
        try expect([first, first, "-d", "nobody"], 1, "nothing to compare: no message of the base")
        try expect([first, first, "--candidate-since", "2030-01-01"], 1, "no message of the candidate")
        try expect([first, workspace.path("no.tape")], 1, "no tape at")
        try expect([first, first, "--base-session", "9"], 64, "--base-session 9")
        try expect([first, first, "--base-since", "soon"], 64, "soon")
        try expect([first, first, "--kind", "x"], 64, "--kind x")
        try expect([first, first, "--map-device", "A"], 1, "--map-device A")
        try expect([first, first, "--summary", "--format", "html"], 64, "--summary")
        let rules = try workspace.write("rules.json", #"{"ignore":[{"pointer":"x"}]}"#)
        try expect([first, first, "--rules", rules], 1, "rules.json: ignore[0].pointer: `x` names no place")
        try expect([first, first, "-o", first, "--force"], 1, "is the tape itself")
    }
}
