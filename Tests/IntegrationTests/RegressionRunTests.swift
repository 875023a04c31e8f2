import Foundation
import Glibc
import Testing

/// A regression run from start to verdict.
///
/// Production is recorded, its devices are replayed against staging, whose
/// cloud was made to do three things wrong, and the two tapes are compared. docs/replay.md tells it step by step.
@Suite struct RegressionRunTests {
    // With this seed more than a second lies between any two things that the cloud says of one kind to one device, so
    // that a loaded machine does not change what they say.
    private static let fleet = ["--devices", "8", "--rate", "30", "--seed", "29"]
    private static let length = ["--duration", "12s"]

    /// Records a fleet and its cloud.
    private func production(_ workspace: Workspace) throws -> String {
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("production.tape")
        let recorder = try Program.record(tape, from: broker)
        let simulated = try Program.run(
            ["simulate", "--broker", broker.url] + Self.fleet + Self.length, in: workspace)
        #expect(simulated.status == 0, "\(simulated.errors)")
        #expect(try Program.stop(recorder) == 0, "\(recorder.errors)")
        return tape
    }

    private func roster(_ workspace: Workspace, _ more: [String] = []) throws -> [String] {
        let result = try Program.run(["simulate", "--roster"] + Self.fleet + more, in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    /// Replays the devices of a tape against another cloud, and records that.
    private func staging(
        _ workspace: Workspace, _ production: String, map: String, keys: String, faults: [String]
    ) throws -> String {
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("staging-\(faults.count).tape")
        let cloud = try Program.start(
            ["simulate", "--broker", broker.url, "--side", "cloud", "--ids", "99"] + Self.fleet + Self.length
                + faults.flatMap { ["--fault", $0] }, in: workspace)
        try poll("the cloud") { cloud.errors.contains("waits for") }
        let replayed = try Program.run(
            [
                "replay", production, "--broker", broker.url, "--device-map", map, "--credentials", keys,
                "--shift-time", "now", "--wait-for-commands", "--link", "--record", tape, "--record-tail", "3s",
            ], in: workspace)
        #expect(replayed.status == 0, "\(replayed.errors) \(replayed.output)")
        #expect(try cloud.wait() == 0, "\(cloud.errors)")
        return tape
    }

    private func rows(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func `of a cloud with three faults exactly these are found, of one without any none`() throws {
        let workspace = try Workspace()
        let base = try production(workspace)
        let ids = [try roster(workspace), try roster(workspace, ["--ids", "99"])]
        let pairs = zip(ids[0].dropFirst(), ids[1].dropFirst()).map { row in
            [row.0, row.1].map { $0.prefix { $0 != "," } }.joined(separator: ",")
        }
        let map = try workspace.write("map.csv", pairs.joined(separator: "\n") + "\n")
        let keys = try workspace.write("keys.csv", ids[1].joined(separator: "\n") + "\n")
        chmod(keys, 0o600)
        // A loaded machine may be late by a while, the fault is late by two seconds.
        let compare = ["--device-map", map, "--direction", "cloud", "--time-tolerance", "1500ms"]

        let sound = try staging(workspace, base, map: map, keys: keys, faults: [])
        let same = try Program.run(["diff", base, sound] + compare, in: workspace)
        #expect(same.status == 0, "\(same.output) \(same.errors)")

        let faults = ["wrong-parameter", "missing-config", "late-answer"]
        let faulty = try staging(workspace, base, map: map, keys: keys, faults: faults)
        let different = try Program.run(["diff", base, faulty, "--format", "jsonl"] + compare, in: workspace)
        #expect(different.status == 3, "\(different.errors)")
        let found = try rows(different.output)
        let verdicts = found.map { "\($0["verdict"] ?? "") \($0["kind"] ?? "")" }
        #expect(verdicts.sorted() == ["changed command", "late space_info", "missing config"], "\(different.output)")
        let wrong = found.first { $0["verdict"] as? String == "changed" }
        #expect((wrong?["path"] as? String)?.contains("/parameters/") == true)
        #expect(wrong?["candidate"] as? String == "wrong on purpose")

        try linked(workspace, base, faulty)
    }

    /// What was replayed names its message of the first tape; what the cloud said names none.
    private func linked(_ workspace: Workspace, _ base: String, _ recorded: String) throws {
        let info = try Program.run(["info", recorded, "--format", "jsonl"], in: workspace)
        #expect(info.output.contains(#""replay_of":"\#(base)""#), "\(info.output)")
        let mode = try FileManager.default.attributesOfItem(atPath: recorded)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let messages = try rows(
            try Program.run(["query", "messages", recorded, "--format", "jsonl", "-q"], in: workspace).output)
        var kinds: [Int: String] = [:]
        for row in try rows(
            try Program.run(["query", "messages", base, "--format", "jsonl", "-q"], in: workspace).output)
        {
            kinds[try #require(row["seq"] as? Int)] = row["kind"] as? String
        }
        var links = 0
        for message in messages {
            let user = (message["properties"] as? [String: Any])?["user"] as? [[String]] ?? []
            let link = user.first { $0.first == "tapedeck_replay" }?.last
            let isOfDevice = user.contains { $0.first == "device_id" }
            #expect((link != nil) == isOfDevice)
            guard let number = link?.split(separator: ":").last.flatMap({ Int($0) }) else { continue }
            links += 1
            #expect(kinds[number] == message["kind"] as? String)
        }
        #expect(links > 100)
    }
}
