import ArgumentParser
import DeviceProtocol
import Glibc
import Tape
import Terminal

/// How the program ends, beside the plain success that is 0.
enum Outcome {
    /// It could not be done.
    static let failed = ExitCode(1)
    /// Done, but something is missing, differs or is damaged; it has been said what.
    static let incomplete = ExitCode(3)
    /// Stopped by the user before it was done.
    static let interrupted = ExitCode(130)
}

/// What goes to standard error: notes, warnings and the one sentence of an error.
enum Notes {
    /// A fact that is good to know.
    static func note(_ text: String) {
        write(text)
    }

    /// Something that may make the answer wrong.
    static func warning(_ text: String) {
        write("warning: " + text)
    }

    private static func write(_ text: String) {
        // What was typed or received may hold control characters; on a terminal they must stay harmless.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { DisplayText(String($0)).text }
        let bytes = LogStyle.current.entry(lines, now: Timestamp(nanoseconds: SystemTimeSource().wall))
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Runs a command's work and turns what it throws into one sentence on standard error and an exit code.
///
/// - Throws: `ExitCode` only.
func reportingFailures(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let code as ExitCode {
        throw code
    } catch let usage as ValidationError {
        Notes.note("Error: \(usage.message)\nSee '\(Tapedeck.nameOfCalledCommand) --help' for more information.")
        throw ExitCode.validationFailure
    } catch is OutputClosed {
        // Whoever reads us has seen enough (`| head`): that is no failure of ours.
        return
    } catch {
        Notes.note("tapedeck: \(error)")
        throw Outcome.failed
    }
}

extension Tapedeck {
    /// The command as it was called, without its arguments: `tapedeck query messages`.
    static var nameOfCalledCommand: String {
        var command: any ParsableCommand.Type = Tapedeck.self
        var names = ["tapedeck"]
        for word in CommandLine.arguments.dropFirst() {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else { break }
            names.append(word)
            command = next
        }
        return names.joined(separator: " ")
    }
}
