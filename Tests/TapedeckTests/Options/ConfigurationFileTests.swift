import Foundation
import Testing

@testable import Tapedeck

@Suite struct ConfigurationFileTests {
    private static func read(_ text: String) throws -> ConfigurationFile {
        let path = FileManager.default.temporaryDirectory.path + "/tapedeck-\(UUID().uuidString).conf"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ConfigurationFile(environment: ["TAPEDECK_CONFIG": path])
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
        let file = try Self.read("# ours\n\n replay.targets = staging.example  *.test.example \n")
        #expect(file.list(.replayTargets) == ["staging.example", "*.test.example"])
    }

    @Test func `what is not set is not there`() throws {
        #expect(try Self.read("").list(.replayTargets) == nil)
        #expect(try ConfigurationFile(environment: ["HOME": "/nowhere"]).list(.replayTargets) == nil)
    }

    @Test func `an empty value is an empty list`() throws {
        #expect(try Self.read("replay.targets =").list(.replayTargets) == [])
    }

    @Test func `errors name the line`() {
        #expect(Self.failure("\nnonsense")?.line == 2)
        #expect(Self.failure("replay.target = x")?.line == 1)
        #expect(Self.failure("replay.targets = x\nreplay.targets = y")?.line == 2)
    }

    @Test func `a file that the environment names must be there`() {
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile(environment: ["TAPEDECK_CONFIG": "/nowhere/at/all"])
        }
    }
}
