import Foundation
import Testing

/// The modules and the only arrows between them (docs/architecture.md).
private let allowedImports: [String: Set<String>] = [
    "MQTTWire": [],
    "JSONScan": [],
    "Terminal": [],
    "Plot": [],
    "Schema": [],
    "SQLite": ["CSQLite"],
    "DeviceProtocol": ["JSONScan", "MQTTWire"],
    "MQTTSession": ["COpenSSL", "CLinux", "MQTTWire"],
    "Tape": ["Schema", "SQLite", "JSONScan", "DeviceProtocol", "CZstd", "MQTTWire"],
    "Recorder": ["MQTTSession", "Tape", "DeviceProtocol", "MQTTWire", "JSONScan", "CLinux", "Crypto"],
    "Replay": ["MQTTSession", "Tape", "DeviceProtocol", "MQTTWire", "JSONScan", "CLinux", "Histogram", "Crypto"],
    "Diff": ["Tape", "DeviceProtocol", "MQTTWire", "JSONScan"],
    "Query": ["Tape", "SQLite", "DeviceProtocol", "MQTTWire", "JSONScan"],
    "TapeSQL": ["Query", "Tape", "SQLite", "DeviceProtocol", "MQTTWire", "JSONScan"],
    "TapeExtension": ["TapeSQL", "SQLite", "CSQLiteExtension"],
    "Simulator": ["MQTTSession", "DeviceProtocol", "MQTTWire", "JSONScan", "CLinux"],
    "Service": ["CLinux"],
    "Tapedeck": [
        "Service", "Recorder", "Replay", "Diff", "Query", "TapeSQL", "SQLite", "Simulator", "Terminal", "Plot", "Tape",
        "MQTTSession",
        "DeviceProtocol",
        "MQTTWire",
        "JSONScan", "Schema", "CLinux", "ArgumentParser",
    ],
]

/// The toolchain's own modules, which everybody may import.
private let toolchain: Set<String> = ["Foundation", "Glibc", "Synchronization", "Dispatch"]

@Suite struct ImportTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: allowedImports.keys.sorted())
    func `a module imports only what the architecture allows`(module: String) throws {
        let folder = Self.root.appendingPathComponent(module == "Schema" ? "schema" : "Sources/\(module)")
        let allowed = try #require(allowedImports[module]).union(toolchain)
        var files = 0
        for file in try Self.swiftFiles(in: folder) {
            files += 1
            for (number, line) in try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false
            ).enumerated() {
                guard let imported = Self.importedModule(line) else { continue }
                #expect(
                    allowed.contains(imported), "\(module) imports \(imported): \(file.lastPathComponent):\(number + 1)"
                )
            }
        }
        #expect(files > 0, "\(folder.path) holds no Swift")
    }

    @Test func `every folder of Sources is a module of the architecture`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appendingPathComponent("Sources").path)
        let system: Set<String> = ["COpenSSL", "CSQLite", "CSQLiteExtension", "CZstd", "CLinux"]
        #expect(Set(folders).subtracting(system) == Set(allowedImports.keys).subtracting(["Schema"]))
    }

    @Test func `only MQTTSession knows OpenSSL, only SQLite knows SQLite's C interface`() {
        #expect(allowedImports.filter { $0.value.contains("COpenSSL") }.map(\.key) == ["MQTTSession"])
        #expect(allowedImports.filter { $0.value.contains("CSQLite") }.map(\.key) == ["SQLite"])
    }

    private static func swiftFiles(in folder: URL) throws -> [URL] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    }

    /// The module that a line imports, in any of the spellings of Swift's import declaration.
    static func importedModule(_ line: Substring) -> String? {
        var words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
        if let first = words.first, ["public", "package", "internal", "fileprivate", "private"].contains(first) {
            words.removeFirst()
        }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return name.split(separator: ".").first.map(String.init)
    }
}
