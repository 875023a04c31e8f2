import ArgumentParser
import Foundation
import Glibc
import Terminal

/// `tapedeck config`: what is set, by what, and whether a file says what it means.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings of this installation, or check a configuration file.",
        discussion: """
            A configuration file is lines of `record.OPTION = VALUE`, one for each option of `tapedeck record` by its \
            long name; a list is given by repeating the line, a flag is true or false. The same option is set by the \
            variable TAPEDECK_OPTION. The command line counts most, then the environment, then the file. `tapedeck \
            check` takes the same settings, as far as it has the options and but for the client id.

            The file is the first of: --config FILE, TAPEDECK_CONFIG, ~/.config/tapedeck/config, /etc/tapedeck.conf.
            """,
        subcommands: [Show.self, Check.self], defaultSubcommand: Show.self)

    /// `tapedeck config show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print all settings of `record` that are in force, as a file that sets them.")

        @Argument(help: "The command: record, or check for those that it takes.")
        var command = Record._commandName

        @Flag(help: "Say of every setting where it comes from: the environment, a line of the file, the default.")
        var origin = false

        @Option(help: "The configuration file.")
        var config: String?

        @Option(help: ArgumentHelp("table, jsonl, csv or tsv, with --origin.", valueName: "format"))
        var format: OutputFormat?

        private var chosen: (any ParsableCommand.Type)? {
            CommandLineSettings.commands.first { $0._commandName == command }
        }

        func validate() throws {
            guard chosen == nil else { return }
            let names = CommandLineSettings.commands.map { $0._commandName }.joined(separator: " and ")
            throw ValidationError("`\(command)` takes no settings; \(names) do.")
        }

        func run() throws {
            try reportingFailures {
                let file = try ConfigurationFile(config)
                let settings = RecordSettings(for: chosen ?? Record.self, file: file)
                let output = OutputBuffer(descriptor: STDOUT_FILENO)
                if origin {
                    try SettingRows(settings).print(format, to: output)
                } else {
                    for line in SettingRows(settings).lines { try output.append(line + "\n") }
                }
                try output.flush()
            }
        }
    }

    /// `tapedeck config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Say whether a configuration file can be used, or which line of it cannot.")

        @Argument(help: "The file (default: the one that is in force).")
        var file: String?

        func run() throws {
            try reportingFailures {
                let file = try ConfigurationFile(file)
                guard let path = file.path else {
                    throw ConfigurationError(
                        path: "no configuration file", line: nil, reason: "there is none to check; name one")
                }
                // Only the file: what the environment says is not its fault.
                let words = Array(repeating: "x.tape", count: SettableOption.requiredWords(of: Record.self))
                if let fault = RecordSettings(file: file, environment: [:]).fault(with: words) { throw fault }
                Notes.note("\(path): \(HumanFormat.count(file.entries.count, "setting")), all understood")
            }
        }
    }
}
