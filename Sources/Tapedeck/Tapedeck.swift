import ArgumentParser
import Foundation

/// The command line: every subcommand parses its arguments, calls the module that does the work, and renders.
@main
struct Tapedeck: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tapedeck",
        abstract: "The flight recorder for a fleet of MQTT devices.",
        discussion: """
            Records every message under v1/device/# into one small SQLite file (a tape), answers what happened from \
            it, and plays it back with the original timing.

            Exit codes: 0 done, 1 error, 3 done but incomplete, 64 usage, 130 interrupted.
            """,
        version: version,
        subcommands: [
            Record.self, Check.self, Replay.self, Info.self, Query.self, Import.self, Export.self, Seal.self,
            Verify.self, Slice.self, Merge.self, Redact.self, Mark.self, Diff.self, Simulate.self, Config.self,
            PrintSchema.self,
        ],
        helpNames: .long)

    static func main() {
        do {
            var command = try parsed()
            try command.run()
        } catch let error as ConfigurationError {
            Notes.note("tapedeck: \(error)")
            Foundation.exit(ExitCode.validationFailure.rawValue)
        } catch {
            let code = exitCode(for: error)
            // Help and version are no errors and go to standard output as they are.
            guard code != .success else { exit(withError: error) }
            let message = fullMessage(for: error)
            if !message.isEmpty { Notes.note(message) }
            Foundation.exit(code.rawValue)
        }
    }

    /// The command with its arguments, and with the settings of the environment and the configuration file.
    private static func parsed() throws -> any ParsableCommand {
        let line = try CommandLineSettings(Array(CommandLine.arguments.dropFirst()))
        do {
            return try parseAsRoot(line.arguments)
        } catch {
            if exitCode(for: error) != .success, let fault = line.fault() { throw fault }
            throw error
        }
    }
}
