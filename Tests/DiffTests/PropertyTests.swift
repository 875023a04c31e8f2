import DeviceProtocol
import Diff
import Tape
import TapeTestSupport
import TestSupport
import Testing

/// One change to a run, of any kind at any place, is found as exactly that change.
@Suite struct PropertyTests {
    private func change(_ script: [Scripted], seed: UInt64) -> (script: [Scripted], verdict: Verdict, topic: String) {
        var generator = SeededGenerator(seed: seed)
        var script = script
        let place = Int.random(in: script.indices, using: &generator)
        let topic = script[place].topic
        switch seed % 4 {
        case 0:
            script.remove(at: place)
            return (script, .missing, topic)
        case 1:
            if topic.hasSuffix("vendor/x") {
                script[place].payload += "!"
            } else {
                script[place].payload.replaceSubrange(
                    script[place].payload.startIndex...script[place].payload.startIndex, with: #"{"further":1,"#)
            }
            return (script, .changed, topic)
        case 2:
            // Three seconds change no order within device and kind where messages are five seconds apart.
            let late = script.indices.filter {
                script[$0].topic.hasSuffix("/license") || script[$0].topic.hasSuffix("x")
            }
            let place = late[Int.random(in: late.indices, using: &generator)]
            script[place].second += 3
            let topic = script[place].topic
            return (script.sorted { $0.second < $1.second }, .late, topic)
        default:
            let rooms = script.indices.filter { script[$0].topic.hasSuffix("/space_info") }
            let place = rooms[Int.random(in: rooms.indices, using: &generator)]
            script[place].second += script[place].second < 30 ? 25 : -25
            let topic = script[place].topic
            return (script.sorted { $0.second < $1.second }, .reordered, topic)
        }
    }

    @Test(arguments: 0..<60) func `a single change is found as exactly that`(seed: UInt64) throws {
        let base = TwoTapes.run()
        let (candidate, verdict, topic) = change(base, seed: seed)
        let (differences, summary) = try TwoTapes.compare(base, candidate)
        let found = differences.map { "\($0.verdict) \($0.kind) \($0.key) \($0.changes.map(\.path))" }
        let kind = DeviceTopic.parse(topic).kind
        #expect(summary.total.different == 1 && differences.count == 1, "\(verdict) \(topic): \(found)")
        #expect(differences.first?.kind == kind, "\(verdict) \(topic): \(found)")
        if kind != .telemetry || verdict != .changed { #expect(differences.first?.verdict == verdict, "\(found)") }
        #expect(try TwoTapes.compare(candidate, candidate).differences.isEmpty)
    }

    @Test func `small windows and little memory find the same in long runs`() throws {
        let devices = (0..<4).map { "device-\($0)" }
        let base = TwoTapes.run(devices: devices, seconds: 1_000)
        var candidate = TwoTapes.run(devices: devices, seconds: 1_000, salt: 1)
        candidate.remove(at: candidate.count / 2)
        var settings = DiffSettings()
        settings.window = 8
        settings.waitingLimit = 4_000
        let tight = try TwoTapes.compare(base, candidate, settings)
        #expect(tight.differences.map(\.verdict) == [.missing])
        #expect(tight.summary.total.same == candidate.count)
        settings = DiffSettings()
        settings.batchThreshold = 0
        let batches = try TwoTapes.compare(base, candidate, settings)
        #expect(batches.differences.map(\.verdict) == [.missing] && batches.summary.groups == tight.summary.groups)
        #expect(batches.summary.baseMessages == base.count && batches.summary.conversations == 16)
        var other = Selection()
        other.kinds = [.telemetry, .config]
        other.devices = ["device-1", "device-2"]
        let part = try TwoTapes.compare(try TwoTapes.tape(base), try TwoTapes.tape(candidate), settings, other)
        #expect(Set(part.summary.groups.keys.compactMap(\.device)) == ["device-1", "device-2"])
        #expect(Set(part.summary.groups.keys.map(\.kind)) == [.telemetry, .config])
    }

    @Test func `a sealed tape is the same as one that is not`() throws {
        let script = TwoTapes.run()
        let sealed = try TwoTapes.tape(script, seal: true)
        #expect(try TwoTapes.compare(try TwoTapes.tape(script), sealed).differences.isEmpty)
    }

    @Test func `payloads of any bytes are compared without trouble`() throws {
        var generator = SeededGenerator(seed: 5)
        let topics = [
            "telemetry", "config", "commands", "commands/update", "license", "incidents", "x", "get", "update",
        ]
        let pieces = [
            "{", "}", "[", "]", "\"", "id", ":", ",", "1e400", "-0", "\\ud800", "null", "\u{0}", "é", "status",
        ]
        let (base, candidate) = (try TestTape(), try TestTape())
        for number in 0..<600 {
            let topic = "v1/device/\(number % 3)/\(topics[number % topics.count])"
            let text = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                pieces[Int.random(in: pieces.indices, using: &generator)]
            }
            var bytes = Array(text.joined().utf8)
            if number % 7 == 0 { bytes.append(0xff) }
            base.add(topic, bytes: bytes, at: Double(number))
            if number % 50 != 49 { candidate.add(topic, bytes: bytes, at: Double(number)) }
        }
        let differences = try TwoTapes.compare(base, candidate).differences
        #expect(differences.count == 12 && differences.allSatisfy { $0.verdict == .missing })
    }
}
