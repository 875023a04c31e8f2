import ArgumentParser
import Foundation

/// The options of `record` from the environment and the configuration file: what the command line does not give comes
/// from a variable, what no variable gives from the file, the rest is as it always is.
struct RecordSettings {
    /// Where a value comes from.
    enum Origin: Hashable {
        case environment(variable: String)
        case file(lines: [Int])
        case standard
    }

    /// An option with what is in force for it.
    struct Setting {
        var option: SettableOption
        var values: [String]
        var origin: Origin
    }

    /// The file that was read, if there is one.
    let file: ConfigurationFile
    /// Every option, in the order of the help.
    let settings: [Setting]

    /// Options that say the same thing in different words: where one is given, the others of a layer below are not.
    private static let groups: [Set<String>] = [["broker", "host", "port"], ["pw", "password-file"]]

    /// Puts the layers on each other.
    ///
    /// - Parameters:
    ///   - command: `record`, or another command that takes the same settings where it has the same options.
    ///   - given: the names of the options that the command line gives.
    ///   - file: the configuration file.
    ///   - environment: the process's variables.
    init(
        for command: any ParsableCommand.Type = Record.self, given: Set<String> = [], file: ConfigurationFile,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.file = file
        let options = Self.options(of: command)
        let fromVariables = options.filter { $0.values(in: environment) != nil }
        var taken = Self.withGroups(given)
        let variables = fromVariables.filter { !taken.contains($0.name) }.map(\.name)
        taken = Self.withGroups(taken.union(variables))
        // The password itself has no option that a variable sets, and counts for more than a file that holds one.
        if environment["TAPEDECK_PASSWORD"].map({ !$0.isEmpty }) ?? false { taken.insert("password-file") }
        settings = options.map { option in
            if variables.contains(option.name), let values = option.values(in: environment) {
                return Setting(option: option, values: values, origin: .environment(variable: option.variable))
            }
            let entries = taken.contains(option.name) ? [] : file.entries(option)
            guard !entries.isEmpty else { return Setting(option: option, values: [], origin: .standard) }
            return Setting(option: option, values: entries.map(\.value), origin: .file(lines: entries.map(\.line)))
        }
    }

    /// What is for `record` alone.
    ///
    /// The client id names the recorder's session at the broker: whoever else took it would
    /// throw a running recorder out.
    private static let own: Set<String> = ["id", "json"]

    private static func options(of command: any ParsableCommand.Type) -> [SettableOption] {
        let options = SettableOption.options(of: command)
        guard command._commandName != Record._commandName else { return options }
        let shared = Set(SettableOption.options(of: Record.self).map(\.name)).subtracting(own)
        return options.filter { shared.contains($0.name) }
    }

    /// The arguments that say the same.
    var arguments: [String] {
        settings.flatMap { $0.option.arguments($0.values) }
    }

    /// Finds out which setting keeps a command line from being understood.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - words: its own arguments.
    /// - Returns: what names the line or variable; nil where it is not for the settings.
    func fault(in command: any ParsableCommand.Type = Record.self, with words: [String]) -> ConfigurationError? {
        func failure(_ settings: [Setting]) -> String? {
            do {
                _ = try command.parse(settings.flatMap { $0.option.arguments($0.values) } + words)
                return nil
            } catch {
                return command.message(for: error)
            }
        }
        let set = settings.filter { $0.origin != .standard }
        guard let reason = failure(set) else { return nil }
        let bare = failure([])
        for setting in set where failure([setting]) == reason && bare != reason {
            return error(setting.origin, reason)
        }
        for index in set.indices where failure(set.enumerated().filter { $0.offset != index }.map(\.element)) == nil {
            return error(set[index].origin, reason)
        }
        return bare == nil ? error(nil, reason) : nil
    }

    private func error(_ origin: Origin?, _ reason: String) -> ConfigurationError {
        switch origin {
        case .environment(let variable): ConfigurationError(path: variable, line: nil, reason: reason)
        case .file(let lines): ConfigurationError(path: file.path ?? "", line: lines.first, reason: reason)
        case .standard, nil: ConfigurationError(path: file.path ?? "the environment", line: nil, reason: reason)
        }
    }

    private static func withGroups(_ names: Set<String>) -> Set<String> {
        groups.reduce(names) { $1.isDisjoint(with: names) ? $0 : $0.union($1) }
    }
}

extension SettableOption {
    /// What the environment sets it to; a list is one value a line.
    fileprivate func values(in environment: [String: String]) -> [String]? {
        guard !isSecret, let text = environment[variable], !text.isEmpty else { return nil }
        return kind == .list ? text.split(separator: "\n").map(String.init) : [text]
    }
}
