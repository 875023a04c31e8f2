import Foundation
import Query
import Synchronization

/// What an installation fixes for all who use it: a file of lines `name = value`.
///
/// Empty lines and lines that begin with `#` mean nothing. `record.OPTION` sets an option of `tapedeck record` by its
/// long name; a list is given by repeating the line. The file is the first of: what `--config` names,
/// `TAPEDECK_CONFIG`, `$XDG_CONFIG_HOME/tapedeck/config` (`~/.config/tapedeck/config`), `/etc/tapedeck.conf`.
struct ConfigurationFile {
    /// A name of its own that the file may set, beside the options of `record`.
    enum Name: String, CaseIterable {
        /// The brokers that replays may go to, separated by spaces.
        case replayTargets = "replay.targets"
    }

    /// A line that sets something.
    struct Entry: Hashable {
        var name: String
        var value: String
        /// From 1.
        var line: Int
    }

    /// What stands before the name of an option of `record`.
    static let recordPrefix = "record."
    /// The file that `--config` named.
    static let chosen = Mutex<String?>(nil)

    /// Where it stands; nil where there is none.
    let path: String?
    /// What it sets, in order.
    private(set) var entries: [Entry] = []

    /// The values of a name that are separated by spaces; nil where the file does not set it.
    func list(_ name: Name) -> [String]? {
        entries.first { $0.name == name.rawValue }?.value.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// The lines that set an option of `record`.
    func entries(_ option: SettableOption) -> [Entry] {
        entries.filter { $0.name == Self.recordPrefix + option.name }
    }

    /// Reads the file that counts.
    ///
    /// - Parameters:
    ///   - file: the file that `--config` named.
    ///   - environment: the process's variables.
    /// - Throws: ``ConfigurationError``, also where one that was named is missing.
    init(
        _ file: String? = Self.chosen.withLock { $0 },
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) {
        let named = file ?? environment["TAPEDECK_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let folder =
            environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? environment["HOME"].map { $0 + "/.config" }
        let places = named.map { [$0] } ?? (folder.map { [$0 + "/tapedeck/config"] } ?? []) + ["/etc/tapedeck.conf"]
        path = named ?? places.first { FileManager.default.fileExists(atPath: $0) }
        guard let path else { return }
        // A byte more than there may be, whatever kind of file it is.
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: Self.sizeLimit + 1) ?? Data(), data.count <= Self.sizeLimit,
            let text = String(validating: data, as: UTF8.self)
        else { throw ConfigurationError(path: path, line: nil, reason: "cannot be read as a text of at most 1 MiB") }
        try parse(text, path)
    }

    private static let sizeLimit = 1 << 20

    private mutating func parse(_ text: String, _ path: String) throws(ConfigurationError) {
        let options = SettableOption.options(of: Record.self)
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            do throws(Invalid) {
                let entry = try Self.entry(line, number: index + 1, options)
                let option = options.first { Self.recordPrefix + $0.name == entry.name }
                if let before = entries.first(where: { $0.name == entry.name }), option?.kind != .list {
                    throw Invalid("`\(entry.name)` was set before, in line \(before.line)")
                }
                entries.append(entry)
            } catch {
                throw ConfigurationError(path: path, line: index + 1, reason: error.reason)
            }
        }
    }

    private struct Invalid: Error {
        var reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    private static func entry(_ line: String, number: Int, _ options: [SettableOption]) throws(Invalid) -> Entry {
        guard let equals = line.firstIndex(of: "=") else { throw Invalid("write it `name = value`") }
        let name = line[..<equals].trimmingCharacters(in: .whitespaces)
        let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        let entry = Entry(name: name, value: value, line: number)
        if Name(rawValue: name) != nil { return entry }
        guard let option = options.first(where: { recordPrefix + $0.name == name }) else {
            throw Invalid("`\(name)` is nothing that can be set\(advice(name, options))")
        }
        if option.isSecret {
            throw Invalid(
                "a secret does not belong here; write it into a file of its own that only its owner can read and set "
                    + "`\(recordPrefix)\(option.name == "psk" ? "psk-file" : "password-file")`")
        }
        if option.kind == .flag, SettableOption.truth(value) == nil {
            throw Invalid("`\(name)` is true or false")
        }
        guard option.kind == .flag || !value.isEmpty else {
            throw Invalid("`\(name)` has no value; delete the line or begin it with `#`")
        }
        return entry
    }

    private static func advice(_ name: String, _ options: [SettableOption]) -> String {
        let names = options.filter { !$0.isSecret }.map { recordPrefix + $0.name } + Name.allCases.map(\.rawValue)
        let nearest = SimilarNames.nearest(to: name, in: names).prefix(1).map { "did you mean `\($0)`?" }
        return "; " + (nearest.first ?? "`tapedeck config show` prints all that can")
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
