import ArgumentParser
import Foundation
import Synchronization

/// The program's arguments with the settings of its surroundings put in front of them.
struct CommandLineSettings {
    /// The commands that take the settings of `record`, where they have the same options.
    static let commands: [any ParsableCommand.Type] = [Record.self, Check.self]

    /// What is to be parsed.
    let arguments: [String]
    /// The settings among it, and whose they are.
    private let added: (command: any ParsableCommand.Type, settings: RecordSettings, words: [String])?

    /// Takes `--config FILE` out and puts settings in.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - environment: the process's variables.
    /// - Throws: ``ConfigurationError``, or a `ValidationError` where `--config` has no value.
    init(
        _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let (arguments, named) = try Self.takingConfigFile(out: arguments)
        if let named { ConfigurationFile.chosen.withLock { $0 = named } }
        guard let command = Self.commands.first(where: { $0._commandName == arguments.first }),
            !arguments.contains(where: ["--help", "--version", "--generate-completion-script"].contains)
        else {
            self.arguments = arguments
            added = nil
            return
        }
        let words = Array(arguments.dropFirst())
        let settings = RecordSettings(
            for: command, given: Self.given(in: words, SettableOption.options(of: command)),
            file: try ConfigurationFile(named, environment: environment), environment: environment)
        self.arguments = [command._commandName] + settings.arguments + words
        added = (command, settings, words)
    }

    /// Why the arguments could not be understood, if that is for a setting.
    func fault() -> ConfigurationError? {
        added.flatMap { $0.settings.fault(in: $0.command, with: $0.words) }
    }

    private static func takingConfigFile(out arguments: [String]) throws -> (arguments: [String], file: String?) {
        // `config` itself has it as an option of its own.
        guard arguments.first != Config._commandName else { return (arguments, nil) }
        var rest: [String] = []
        var file: String?
        var words = arguments[...]
        while let word = words.popFirst() {
            if word == "--" { return (rest + [word] + words, file) }
            if word.hasPrefix("--config=") {
                file = String(word.dropFirst("--config=".count))
            } else if word == "--config" {
                guard let value = words.popFirst() else { throw ValidationError("Missing value for '--config <file>'") }
                file = value
            } else {
                rest.append(word)
            }
        }
        return (rest, file)
    }

    /// The names of the options that arguments give.
    static func given(in arguments: some Sequence<String>, _ options: [SettableOption]) -> Set<String> {
        var given = Set<String>()
        var isValue = false
        for word in arguments {
            if isValue {
                isValue = false
                continue
            }
            if word == "--" { break }
            guard word.hasPrefix("-"), word.count > 1 else { continue }
            let name = word.prefix { $0 != "=" }
            // Letters may stand together behind one dash.
            let spellings = word.hasPrefix("--") ? [String(name)] : name.dropFirst().map { "-\($0)" }
            for option in spellings.compactMap({ spelling in options.first { $0.spellings.contains(spelling) } }) {
                given.insert(option.name)
                isValue = option.kind != .flag && name.count == word.count
            }
        }
        return given
    }
}
