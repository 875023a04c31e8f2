import DeviceProtocol
import Diff
import JSONScan
import Testing

@Suite struct RulesTests {
    private func rules(_ text: String) throws -> DiffRules { try DiffRules(parsing: Array(text.utf8)) }

    private func settings(_ text: String) throws -> DiffSettings {
        var settings = DiffSettings()
        settings.rules = try rules(text)
        return settings
    }

    /// One telemetry message each.
    private func differ(_ base: String, _ candidate: String, _ rules: String, topic: String = "telemetry") throws -> Int
    {
        let name = "v1/device/\(TwoTapes.device)/\(topic)"
        return try TwoTapes.compare(
            [Scripted(second: 1, topic: name, payload: base)],
            [Scripted(second: 1, topic: name, payload: candidate)], try settings(rules)
        ).differences.count
    }

    @Test func `a place that is ignored may differ, with all below it`() throws {
        let (base, candidate) = (#"{"version":1,"a":{"b":1,"c":2}}"#, #"{"version":1,"a":{"b":9,"c":2}}"#)
        #expect(try differ(base, candidate, "{}", topic: "config") == 1)
        for pointer in ["/a/b", "/a", "/*/b", "/a/?", ""] {
            let rule = #"{"ignore":[{"kind":"config","pointer":"\#(pointer)"}]}"#
            #expect(try differ(base, candidate, rule, topic: "config") == 0, "\(pointer)")
        }
        for rule in [
            #"{"kind":"command","pointer":"/a/b"}"#, #"{"pointer":"/a/c"}"#, #"{"pointer":"/a/b","device":"x*"}"#,
        ] {
            #expect(try differ(base, candidate, #"{"ignore":[\#(rule)]}"#, topic: "config") == 1, "\(rule)")
        }
        #expect(try differ(base, candidate, #"{"ignore":[{"pointer":"/a/b","device":"d80*"}]}"#, topic: "config") == 0)
    }

    @Test(arguments: [
        (#"{"metric":"cpu*","absolute":0.5}"#, 10.0, 10.5, true),
        (#"{"metric":"cpu*","absolute":0.5}"#, 10, 10.51, false),
        (#"{"metric":"cpu*","relative":0.01}"#, 100, 99, true),
        (#"{"metric":"cpu*","relative":0.01}"#, 100, 98.9, false),
        (#"{"pointer":"/telemetries","absolute":2}"#, 1, -1, true), (#"{"metric":"mem","absolute":5}"#, 1, 2, false),
    ])
    func `numbers may differ within their tolerance`(rule: String, base: Double, candidate: Double, isSame: Bool) throws
    {
        let found = try differ(
            #"{"status":"online","telemetries":{"cpu_1":\#(base)}}"#,
            #"{"status":"online","telemetries":{"cpu_1":\#(candidate)}}"#, #"{"numeric_tolerance":[\#(rule)]}"#)
        #expect((found == 0) == isSame)
    }

    @Test func `arrays may be unordered, numbers spelled otherwise, members in another order`() throws {
        let (base, candidate) = (#"{"a":[1,{"x":2.50,"y":1}]}"#, #"{"a":[{"y":1.0,"x":25e-1},1]}"#)
        #expect(try differ(base, candidate, "{}", topic: "config") > 0)
        #expect(try differ(base, candidate, #"{"unordered":[{"kind":"config","pointer":"/a"}]}"#, topic: "config") == 0)
        #expect(try differ(#"{"a":1,"b":2.0}"#, #"{"b":2,"a":1}"#, "{}", topic: "config") == 0)
    }

    @Test func `kinds may be left out, verdicts may not count, time has a tolerance by kind`() throws {
        let base = TwoTapes.run()
        let late = base.map { message in
            var message = message
            if message.topic.hasSuffix("commands/update") { message.second += 1.5 }
            return message
        }.sorted { $0.second < $1.second }
        #expect(try TwoTapes.compare(base, late).differences.count == 16)
        for rule in [
            #"{"time_tolerance":"2s"}"#, #"{"time_tolerance":{"default":"100ms","command_update":"1600ms"}}"#,
            #"{"ignore_kinds":["command_update"]}"#, #"{"ignore":[{"kind":"command_update","verdict":"late"}]}"#,
        ] {
            #expect(try TwoTapes.compare(base, late, try settings(rule)).differences.isEmpty, "\(rule)")
        }
        let short = base.filter { !$0.topic.hasSuffix("/config") }
        let rule = #"{"ignore":[{"verdict":"missing"}]}"#
        #expect(try TwoTapes.compare(base, short, try settings(rule)).differences.isEmpty)
        #expect(try TwoTapes.compare(short, base, try settings(rule)).differences.count == 6)
    }

    @Test(arguments: [
        ("[]", "a JSON object expected"), ("{", "no valid JSON at byte 1"), (#"{"ignroe":[]}"#, "ignroe: no such rule"),
        (#"{"ignore":{}}"#, "ignore: an array expected"), (#"{"ignore":[1]}"#, "ignore[0]: an object expected"),
        (#"{"ignore":[{"kind":"confg","pointer":"/a"}]}"#, "ignore[0].kind: `confg` is no kind"),
        (#"{"ignore":[{"pointer":"/a"},{"pointer":"a"}]}"#, "ignore[1].pointer: `a` names no place"),
        (#"{"ignore":[{"kind":"config"}]}"#, "ignore[0]: needs a `pointer`"),
        (#"{"ignore":[{"pointr":"/a"}]}"#, "ignore[0].pointr: no such key"),
        (#"{"ignore":[{"verdict":"gone"}]}"#, "ignore[0].verdict: `gone` is none of"),
        (#"{"ignore":[{"kind":"config","metric":"x"}]}"#, "ignore[0].metric: only telemetry"),
        (#"{"numeric_tolerance":[{"metric":"x"}]}"#, "numeric_tolerance[0]: needs `absolute`"),
        (#"{"numeric_tolerance":[{"metric":"x","absolute":-1}]}"#, "numeric_tolerance[0].absolute: a number from 0"),
        (#"{"time_tolerance":5}"#, "time_tolerance: a length of time"),
        (#"{"time_tolerance":{"config":"5 apples"}}"#, "time_tolerance.config: `5 apples` is no length"),
        (#"{"ignore_kinds":["x"]}"#, "ignore_kinds[0]: `x` is no kind"),
        (#"{"unordered":[{"kind":"config"}]}"#, "unordered[0].pointer: is missing"),
    ])
    func `bad rules name the place`(text: String, expected: String) {
        let error = #expect(throws: RulesError.self) { try rules(text) }
        #expect("\(error.map(\.description) ?? "")".hasPrefix(expected), "\(String(describing: error))")
    }

    @Test func `proposed rules make the two runs they were found in the same, and can be read again`() throws {
        let base = TwoTapes.run()
        var candidate = TwoTapes.run(salt: 1)
        for index in candidate.indices {
            candidate[index].payload = candidate[index].payload.replacing(".5,", with: ".7,")
            candidate[index].payload = candidate[index].payload.replacing(
                #""brightness":20"#, with: #""brightness":22"#)
            candidate[index].payload = candidate[index].payload.replacing("hdmi1", with: "a~b/c*")
        }
        candidate.removeAll { $0.payload.contains(#""name":"dump""#) }
        var settings = DiffSettings()
        var rounds = 0
        while rounds < 5 {
            var proposal = RuleProposal()
            let summary = try TwoTapes.compare(base, candidate, settings)
            for difference in summary.differences { proposal.note(difference) }
            if proposal.isEmpty { break }
            settings.rules = proposal.added(to: settings.rules) { kind in kind == .telemetry ? 24 : 100 }
            rounds += 1
        }
        #expect(rounds == 1)
        let json = settings.rules.json
        let text = String(decoding: json, as: UTF8.self)
        // A number gets head-room, a place that always differs is ignored.
        #expect(text.contains(#"{"kind": "config", "pointer": "/config/brightness", "absolute": 3.0"#), "\(text)")
        #expect(text.contains(#""pointer": "/telemetries/temperature", "why": "differed every time", "count": 24"#))
        #expect(text.contains(#"{"kind": "command", "verdict": "missing""#))
        settings.rules = try DiffRules(parsing: json)
        #expect(try TwoTapes.compare(base, candidate, settings).differences.isEmpty)
        #expect(try !TwoTapes.compare(base, TwoTapes.run(seconds: 30), settings).differences.isEmpty)
    }
}
