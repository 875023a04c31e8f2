import ArgumentParser
import Foundation
import Synchronization
import Testing

@testable import Tapedeck

@Suite struct RecordSettingsTests {
    private static func settings(
        _ text: String, _ environment: [String: String] = [:], given: Set<String> = []
    ) throws -> RecordSettings {
        RecordSettings(given: given, file: try SettingsFixture.file(text), environment: environment)
    }

    @Test func `every option of record can be set but what is secret or for a command line only`() throws {
        let names = Set(SettableOption.options(of: Record.self).filter { !$0.isSecret }.map(\.name))
        #expect(
            names.isSuperset(of: [
                "broker", "host", "port", "username", "password-file", "id", "keepalive", "cafile", "cert", "key",
                "insecure", "topic", "qos", "best-effort", "keep-secrets", "tag", "max-duration", "max-messages",
                "keep-for", "max-size", "min-free", "session-expiry", "json", "wait-for-broker", "metrics", "log",
            ]))
        #expect(names.isDisjoint(with: ["pw", "help", "version", "config"]))
        // Each makes arguments that the parser knows.
        for option in SettableOption.options(of: Record.self) {
            do {
                _ = try Record.parse(["x.tape"] + option.arguments([option.kind == .flag ? "yes" : "1"]))
            } catch {
                #expect(!Record.message(for: error).contains("Unknown option"))
            }
        }
    }

    @Test func `a variable counts more than the file, the command line more than both`() throws {
        let file = "record.qos = 0\nrecord.tag = a=1\nrecord.keep-for = 1d"
        let variables = ["TAPEDECK_QOS": "1", "TAPEDECK_TAG": "b=1\nc=2"]
        #expect(
            try Self.settings(file, variables).arguments == ["--qos=1", "--tag=b=1", "--tag=c=2", "--keep-for=1d"])
        #expect(try Self.settings(file, variables, given: ["qos", "tag"]).arguments == ["--keep-for=1d"])
        #expect(try Self.settings(file, ["TAPEDECK_QOS": ""]).arguments.contains("--qos=0"))
    }

    @Test func `a broker that is given takes the place of one below, however it is spelled`() throws {
        let file = "record.host = b\nrecord.port = 1884\nrecord.password-file = /f"
        #expect(try Self.settings(file, given: ["broker"]).arguments == ["--password-file=/f"])
        #expect(
            try Self.settings(file, ["TAPEDECK_BROKER": "mqtt://c"]).arguments
                == ["--broker=mqtt://c", "--password-file=/f"])
        #expect(
            try Self.settings("record.broker = mqtt://c", ["TAPEDECK_BROKER": "mqtt://d"], given: ["host"]).arguments
                == [])
    }

    @Test func `a password of the environment counts more than a file that the settings name`() throws {
        #expect(try Self.settings("record.password-file = /f", ["TAPEDECK_PASSWORD": "x"]).arguments == [])
    }

    @Test func `a flag is true or false`() throws {
        for (text, isSet) in [("true", true), ("Yes", true), ("1", true), ("off", false), ("0", false)] {
            #expect(try Self.settings("record.json = \(text)").arguments == (isSet ? ["--json"] : []))
        }
    }

    @Test func `a value that begins with a dash stays a value`() throws {
        let settings = try Self.settings("record.id = --json")
        let record = try #require(try Record.parse(settings.arguments + ["x.tape"]) as Record?)
        #expect(record.connection.clientID == "--json")
        #expect(!record.json)
    }

    @Test func `a fault names the line, the variable, or the command line's own`() throws {
        let words = ["x.tape"]
        #expect(try Self.settings("\nrecord.keep-for = soon").fault(with: words)?.line == 2)
        #expect(try Self.settings("", ["TAPEDECK_QOS": "9"]).fault(with: words)?.path == "TAPEDECK_QOS")
        #expect(try Self.settings("record.keep-for = 1d\nrecord.cert = /c").fault(with: words)?.line == 2)
        // Two that are wrong: the first that the parser minds.
        #expect(try Self.settings("record.qos = 9\nrecord.keep-for = soon").fault(with: words) != nil)
        // Fine together with what is typed.
        #expect(try Self.settings("record.cert = /c").fault(with: words + ["--key", "/k"]) == nil)
        // Not the settings' fault.
        #expect(try Self.settings("record.keep-for = 1d").fault(with: words + ["--qos", "9"]) == nil)
        #expect(try Self.settings("record.keep-for = 1d").fault(with: []) == nil)
    }

    @Test func `what the command line gives is found in any spelling`() {
        let options = SettableOption.options(of: Record.self)
        func given(_ words: String...) -> Set<String> { CommandLineSettings.given(in: words, options) }
        #expect(given("x.tape", "-t", "a/#", "--qos=1", "--json") == ["topic", "qos", "json"])
        #expect(given("--tag", "--qos", "x.tape") == ["tag"])
        #expect(given("-q", "1", "--", "--json") == ["qos"])
        #expect(given("-", "x") == [])
    }

    @Test func `the file that --config names is taken out of any place and put in front`() throws {
        let path = try SettingsFixture.write("record.tag = a=1")
        defer {
            try? FileManager.default.removeItem(atPath: path)
            ConfigurationFile.chosen.withLock { $0 = nil }
        }
        for words in [
            ["--config", path, "record", "x.tape"], ["record", "x.tape", "--config=\(path)"],
            ["record", "--config", path, "x.tape"],
        ] {
            #expect(try CommandLineSettings(words, environment: [:]).arguments == ["record", "--tag=a=1", "x.tape"])
        }
        #expect(try CommandLineSettings(["info", "x.tape"], environment: [:]).arguments == ["info", "x.tape"])
        #expect(throws: ValidationError.self) { try CommandLineSettings(["record", "--config"], environment: [:]) }
        #expect(throws: ConfigurationError.self) {
            try CommandLineSettings(["record", "x.tape", "--config", "/nowhere"], environment: [:])
        }
        // Help is there whatever the settings are.
        #expect(
            try CommandLineSettings(["record", "--help"], environment: ["TAPEDECK_CONFIG": "/nowhere"]).arguments
                == ["record", "--help"])
    }

    @Test func `check takes the settings of record that it has options for, but never the recorder's client id`() throws
    {
        let file = try SettingsFixture.file(
            "record.broker = mqtt://b\nrecord.id = mine\nrecord.json = true\nrecord.ring = 1h\nrecord.topic = a/#")
        let environment = ["TAPEDECK_SESSION_EXPIRY": "2d", "TAPEDECK_ID": "x", "TAPEDECK_LISTEN": "9s"]
        let settings = RecordSettings(for: Check.self, file: file, environment: environment)
        #expect(settings.arguments == ["--broker=mqtt://b", "--topic=a/#", "--session-expiry=2d"])
        let rows = SettingRows(settings, environment: environment).rows
        #expect(rows.contains { $0.name == "record.topic" && $0.source == "file" })
        #expect(rows.contains { $0.name == "record.session-expiry" && $0.origin == "TAPEDECK_SESSION_EXPIRY" })
        #expect(!rows.contains { ["record.id", "record.ring", "record.listen"].contains($0.name) })
        #expect(throws: Never.self) { try Config.Show.parse(["check", "--origin"]) }
        #expect(throws: (any Error).self) { try Config.Show.parse(["info"]) }
    }

    @Test func `what is shown names origins and no secret`() throws {
        let environment = ["TAPEDECK_PASSWORD": "hunter2", "TAPEDECK_TOPIC": "a\nb"]
        let settings = try Self.settings(
            "# x\nrecord.broker = mqtt://me:hunter3@host\nreplay.targets = a b", environment)
        let shown = SettingRows(settings, environment: environment)
        let texts = shown.rows.map { "\($0.name) \($0.value ?? "-") \($0.source) \($0.origin ?? "-")" }
        #expect(texts.contains { $0.hasPrefix("record.broker mqtt://…@host file ") && $0.hasSuffix(" line 2") })
        #expect(texts.contains("record.topic a environment TAPEDECK_TOPIC"))
        #expect(texts.contains("record.topic b environment TAPEDECK_TOPIC"))
        #expect(texts.contains("record.qos 1 default -"))
        #expect(texts.contains("password (not shown) environment TAPEDECK_PASSWORD"))
        #expect(texts.contains { $0.hasPrefix("replay.targets a b file ") })
        #expect(!(texts + shown.lines).contains { $0.contains("hunter") })
    }

    @Test func `what is shown without origins is a file that sets the same`() throws {
        let settings = try Self.settings("record.tag = a=1\nrecord.tag = b=2\nrecord.best-effort = true")
        let again = try SettingsFixture.file(SettingRows(settings, environment: [:]).lines.joined(separator: "\n"))
        #expect(RecordSettings(file: again, environment: [:]).arguments == settings.arguments)
    }
}
