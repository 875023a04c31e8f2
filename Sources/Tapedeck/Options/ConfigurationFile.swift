import Foundation

/// What an installation fixes for all who use it: a file of lines `name = value`.
///
/// Empty lines and lines that begin with `#` mean nothing. The file is the first of: `TAPEDECK_CONFIG`,
/// `$XDG_CONFIG_HOME/tapedeck/config` (`~/.config/tapedeck/config`), `/etc/tapedeck.conf`.
struct ConfigurationFile {
    /// A name that the file may set.
    enum Name: String, CaseIterable {
        /// The brokers that replays may go to, separated by spaces.
        case replayTargets = "replay.targets"
    }

    /// Where it stands; nil where there is none.
    let path: String?
    private var values: [Name: String] = [:]

    /// The values of a name that are separated by spaces; nil where the file does not set it.
    func list(_ name: Name) -> [String]? {
        values[name]?.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Reads the file that counts.
    ///
    /// - Throws: ``ConfigurationError``, also where one that `TAPEDECK_CONFIG` names is missing.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(ConfigurationError) {
        let named = environment["TAPEDECK_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let folder =
            environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? environment["HOME"].map { $0 + "/.config" }
        let places = named.map { [$0] } ?? (folder.map { [$0 + "/tapedeck/config"] } ?? []) + ["/etc/tapedeck.conf"]
        path = named ?? places.first { FileManager.default.fileExists(atPath: $0) }
        guard let path else { return }
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.sizeLimit,
            let text = String(validating: data, as: UTF8.self)
        else { throw ConfigurationError(path: path, line: nil, reason: "cannot be read as a text of at most 1 MiB") }
        try parse(text, path)
    }

    private static let sizeLimit = 1 << 20

    private mutating func parse(_ text: String, _ path: String) throws(ConfigurationError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            func invalid(_ reason: String) -> ConfigurationError {
                ConfigurationError(path: path, line: index + 1, reason: reason)
            }
            guard let equals = line.firstIndex(of: "=") else { throw invalid("write it `name = value`") }
            let word = line[..<equals].trimmingCharacters(in: .whitespaces)
            guard let name = Name(rawValue: word) else {
                let known = Name.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw invalid("`\(word)` is nothing that can be set (\(known))")
            }
            guard values[name] == nil else { throw invalid("`\(word)` was set before") }
            values[name] = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        }
    }
}

/// Why a configuration file cannot be used.
struct ConfigurationError: Error, CustomStringConvertible, Equatable {
    var path: String
    /// From 1.
    var line: Int?
    var reason: String

    var description: String { "\(path)\(line.map { ", line \($0)" } ?? ""): \(reason)" }
}
