import Foundation

@testable import Tapedeck

/// Configuration files of a test.
enum SettingsFixture {
    static func file(_ text: String) throws -> ConfigurationFile {
        let path = try write(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ConfigurationFile(path, environment: [:])
    }

    static func write(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/tapedeck-\(UUID().uuidString).conf"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
