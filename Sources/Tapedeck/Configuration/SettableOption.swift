import ArgumentParser
import Foundation
import Synchronization

/// An option of a command that may come from the configuration file or the environment, as the command line's own
/// description of itself has it.
struct SettableOption: Hashable {
    /// What it takes.
    enum Kind: Hashable {
        case value
        /// A list, one value for each time it is given.
        case list
        /// True or false.
        case flag
    }

    /// The long name, without dashes.
    var name: String
    /// All its names as they are typed, with their dashes.
    var spellings: [String]
    var kind: Kind
    /// What holds where nobody sets it, as a text.
    var standard: String?

    /// The variable that sets it.
    var variable: String {
        "TAPEDECK_" + name.uppercased().replacingOccurrences(of: "-", with: "_")
    }

    /// Whether it is a secret itself, and must not stand in a file that others may read.
    var isSecret: Bool {
        Self.secrets.contains(name)
    }

    /// The arguments that give it these values.
    func arguments(_ values: [String]) -> [String] {
        switch kind {
        case .flag: Self.truth(values.last ?? "") == true ? ["--\(name)"] : []
        // In one word, so that a value that begins with a dash stays a value.
        case .value: values.suffix(1).map { "--\(name)=\($0)" }
        case .list: values.map { "--\(name)=\($0)" }
        }
    }

    /// What a text says of a flag; nil where it says neither yes nor no.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    private static let secrets: Set<String> = ["pw", "password", "psk"]
    /// What makes sense on a command line only.
    private static let unsettable: Set<String> = ["help", "version", "config"]

    /// The options of a command; made once, for it takes some milliseconds.
    static func options(of command: any ParsableCommand.Type) -> [SettableOption] {
        let name = command._commandName
        if let known = known.withLock({ $0[name] }) { return known }
        let options = described(by: command)
        known.withLock { $0[name] = options }
        return options
    }

    private static let known = Mutex<[String: [SettableOption]]>([:])

    private static func described(by command: any ParsableCommand.Type) -> [SettableOption] {
        guard
            let arguments = try? JSONDecoder().decode(Help.self, from: Data(command._dumpHelp().utf8)).command
                .arguments
        else { return [] }
        return arguments.compactMap { argument in
            guard let names = argument.names, let name = names.first(where: { $0.kind == "long" })?.name,
                !unsettable.contains(name)
            else { return nil }
            return SettableOption(
                name: name, spellings: names.map { ($0.kind == "long" ? "--" : "-") + $0.name },
                kind: argument.kind == "flag" ? .flag : argument.isRepeating ? .list : .value,
                standard: argument.kind == "flag" ? "false" : argument.defaultValue)
        }
    }

    /// How many arguments without a name a command cannot do without.
    static func requiredWords(of command: any ParsableCommand.Type) -> Int {
        let help = try? JSONDecoder().decode(Help.self, from: Data(command._dumpHelp().utf8))
        return help?.command.arguments?.count { $0.kind == "positional" && !$0.isOptional } ?? 0
    }

    /// The part of `--experimental-dump-help` that is needed here.
    private struct Help: Decodable {
        struct Command: Decodable {
            var arguments: [Argument]?
        }

        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }

            var kind: String
            var isRepeating: Bool
            var isOptional: Bool
            var names: [Name]?
            var defaultValue: String?
        }

        var command: Command
    }
}
