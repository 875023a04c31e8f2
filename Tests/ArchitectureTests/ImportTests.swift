import Foundation
import Testing

/// The modules and the only arrows between them (docs/architecture.md).
private let allowedImports: [String: Set<String>] = [
    "MQTTWire": [],
    "JSONScan": [],
    "Terminal": [],
    "Plot": ["Terminal"],
    "Threads": ["CLinux"],
    "Schema": [],
    "SQLite": ["CSQLite"],
    "DeviceProtocol": ["JSONScan", "MQTTWire"],
    "MQTTSession": ["COpenSSL", "CLinux", "MQTTWire"],
    "Tape": ["Schema", "SQLite", "JSONScan", "DeviceProtocol", "CZstd", "MQTTWire"],
    "Recorder": ["MQTTSession", "Tape", "DeviceProtocol", "MQTTWire", "JSONScan", "Threads", "CLinux", "Crypto"],
    "Replay": [
        "MQTTSession", "Tape", "DeviceProtocol", "MQTTWire", "JSONScan", "Threads", "CLinux", "Histogram", "Crypto",
    ],
    "Diff": ["Tape", "DeviceProtocol", "MQTTWire", "JSONScan"],
    "Query": ["Tape", "DeviceProtocol", "MQTTWire", "JSONScan"],
    "TapeSQL": ["Query", "Tape", "SQLite", "DeviceProtocol", "MQTTWire", "JSONScan"],
    "TapeExtension": ["TapeSQL", "SQLite", "CSQLiteExtension"],
    "Simulator": ["MQTTSession", "DeviceProtocol", "MQTTWire", "JSONScan"],
    "Service": ["Threads", "CLinux"],
    "Tapedeck": [
        "Service", "Recorder", "Replay", "Diff", "Query", "TapeSQL", "SQLite", "Simulator", "Terminal", "Plot", "Tape",
        "MQTTSession", "DeviceProtocol", "MQTTWire", "JSONScan", "Schema", "Threads", "CLinux", "ArgumentParser",
    ],
]

/// The toolchain's own modules, which everybody may import.
private let toolchain: Set<String> = ["Foundation", "Glibc", "Synchronization", "Dispatch"]

@Suite struct ImportTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: allowedImports.keys.sorted())
    func `a module imports what the architecture allows and nothing else`(module: String) throws {
        let folder = Self.root.appendingPathComponent(module == "Schema" ? "schema" : "Sources/\(module)")
        let allowed = try #require(allowedImports[module])
        var files = 0
        var found: Set<String> = []
        for file in try Self.swiftFiles(in: folder) {
            files += 1
            for (number, line) in try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false
            ).enumerated() {
                guard let imported = Self.importedModule(line) else { continue }
                found.insert(imported)
                #expect(
                    allowed.contains(imported) || toolchain.contains(imported),
                    "\(module) imports \(imported): \(file.lastPathComponent):\(number + 1)"
                )
            }
        }
        #expect(found.isSuperset(of: allowed), "arrows that nothing needs: \(allowed.subtracting(found))")
        #expect(files > 0, "\(folder.path) holds no Swift")
    }

    @Test func `every folder of Sources is a module of the architecture`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appendingPathComponent("Sources").path)
        let system: Set<String> = ["COpenSSL", "CSQLite", "CSQLiteExtension", "CZstd", "CLinux"]
        #expect(Set(folders).subtracting(system) == Set(allowedImports.keys).subtracting(["Schema"]))
    }

    @Test func `the package declares exactly these arrows`() throws {
        for (module, declared) in try Self.declaredImports() {
            #expect(declared == allowedImports[module], "\(module)")
        }
    }

    @Test func `the picture in the documents has exactly these arrows`() throws {
        let document = try String(contentsOf: Self.root.appendingPathComponent("docs/architecture.md"), encoding: .utf8)
        var drawn: [String: Set<String>] = [:]
        for line in document.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, let module = cells[0].split(separator: "`").first.map(String.init),
                allowedImports[module] != nil
            else { continue }
            drawn[module] = Set(cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
                .subtracting(["–"])
        }
        #expect(Set(drawn.keys) == Set(allowedImports.keys))
        for (module, imports) in drawn { #expect(imports == allowedImports[module], "\(module)") }
    }

    @Test func `only MQTTSession knows OpenSSL, only SQLite knows SQLite's C interface`() {
        #expect(allowedImports.filter { $0.value.contains("COpenSSL") }.map(\.key) == ["MQTTSession"])
        #expect(allowedImports.filter { $0.value.contains("CSQLite") }.map(\.key) == ["SQLite"])
    }

    /// The dependencies of each Swift module of the package, as the manifest comes out.
    private static func declaredImports() throws -> [String: Set<String>] {
        struct Manifest: Decodable {
            struct Target: Decodable {
                var name: String
                var type: String
                /// One key, the kind of dependency; its name comes first.
                var dependencies: [[String: [Name?]]]
            }
            /// The name of a dependency; what stands beside it has other types.
            struct Name: Decodable {
                var text: String?

                init(from decoder: any Decoder) {
                    text = try? decoder.singleValueContainer().decode(String.self)
                }
            }
            var targets: [Target]
        }
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("arrows-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // In a folder of its own: the package's is locked as long as its tests run.
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path, "dump-package",
        ]
        process.standardOutput = output
        try process.run()
        let manifest = try JSONDecoder().decode(Manifest.self, from: output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        let modules = manifest.targets.filter { allowedImports[$0.name] != nil }
        #expect(modules.count == allowedImports.count)
        return Dictionary(
            modules.map { module in
                (module.name, Set(module.dependencies.flatMap(\.values).compactMap { $0.first??.text }))
            }, uniquingKeysWith: { first, _ in first })
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
