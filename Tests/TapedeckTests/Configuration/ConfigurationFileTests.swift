import Foundation
import Testing

@testable import Tapedeck

@Suite struct ConfigurationFileTests {
    private static func read(_ text: String) throws -> ConfigurationFile {
        try SettingsFixture.file(text)
    }

    private static func failure(_ text: String) -> ConfigurationError? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return error as? ConfigurationError
        }
    }

    @Test func `lines are names and values, comments mean nothing`() throws {
        let file = try Self.read("# ours\n\n replay.targets = staging.example  *.test.example \r\n")
        #expect(file.list(.replayTargets) == ["staging.example", "*.test.example"])
    }

    @Test func `what is not set is not there`() throws {
        #expect(try Self.read("").list(.replayTargets) == nil)
        #expect(try ConfigurationFile(nil, environment: ["HOME": "/nowhere"]).list(.replayTargets) == nil)
    }

    @Test func `an empty value is an empty list`() throws {
        #expect(try Self.read("replay.targets =").list(.replayTargets) == [])
    }

    @Test func `errors name the line`() {
        #expect(Self.failure("\nnonsense")?.line == 2)
        #expect(Self.failure("replay.target = x")?.line == 1)
        #expect(Self.failure("replay.targets = x\nreplay.targets = y")?.line == 2)
        #expect(Self.failure("record.qos = 1\n\nrecord.qos = 1")?.reason == "`record.qos` was set before, in line 1")
        #expect(Self.failure("record.json = perhaps")?.reason == "`record.json` is true or false")
        #expect(Self.failure("record.keep-for =")?.line == 1)
    }

    @Test(arguments: [
        ("record.keepfor = 1d", "record.keep-for"), ("record.max_size = 1GB", "record.max-size"),
        ("recrd.topic = x", "record.topic"), ("replay.target = x", "replay.targets"),
    ])
    func `an unknown name comes with the nearest one`(line: String, nearest: String) {
        #expect(Self.failure(line)?.reason.contains("did you mean `\(nearest)`?") == true)
    }

    @Test func `what only a command line can say cannot be set`() {
        for name in ["help", "version", "config", "tape"] {
            #expect(Self.failure("record.\(name) = true")?.reason.contains("nothing that can be set") == true)
        }
    }

    @Test func `a password is refused and the file for it named, without repeating it`() throws {
        let failure = try #require(Self.failure("record.pw = hunter2"))
        #expect(failure.reason.contains("record.password-file"))
        #expect(!failure.description.contains("hunter2"))
    }

    @Test func `a list is given by repeating the line`() throws {
        let file = try Self.read("record.topic = a/#\nrecord.tag = x=1 2\nrecord.topic = b/+/c")
        let settings = RecordSettings(file: file, environment: [:])
        #expect(settings.arguments == ["--topic=a/#", "--topic=b/+/c", "--tag=x=1 2"])
    }

    @Test func `a file that was named must be there`() {
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile(nil, environment: ["TAPEDECK_CONFIG": "/nowhere/at/all"])
        }
        #expect(throws: ConfigurationError.self) { try ConfigurationFile("/nowhere/at/all", environment: [:]) }
    }

    @Test func `an empty device takes every setting away`() throws {
        #expect(try ConfigurationFile("/dev/null", environment: [:]).entries == [])
    }

    @Test func `any bytes are a file or an error`() {
        var state: UInt64 = 11
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let words = [
                    "record.", "topic", "=", " ", "\n", "#", "\r", "\u{0}", "é", "qos", "1", "--", ".", "\u{85}",
                ]
                text += words[Int(state >> 40) % words.count]
            }
            _ = Self.failure(text)
        }
    }
}
