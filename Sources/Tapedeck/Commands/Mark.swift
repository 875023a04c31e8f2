import ArgumentParser
import DeviceProtocol
import Tape
import Terminal

/// `tapedeck mark`: a note of a person on a tape, with the time.
struct Mark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark",
        abstract: "Set a mark on a tape: at this moment something happened.",
        discussion: """
            A mark has the time now and a text. It can be set while the tape is being recorded; a recorder with \
            --trigger mark cuts an incident tape around it. `tapedeck query marks` and `tapedeck info` list the marks of a tape, \
            `tapedeck query timeline` shows them among what happened, and slices and merged tapes keep them.

            The text is kept as it is written, so write no secret into it; `tapedeck redact` replaces in it what is \
            known as a secret from the tape's messages, and what stands behind a name such as password.

            tapedeck mark fleet.tape "valve 3 opened by hand"
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Argument(help: "What to write, up to 4096 bytes.")
    var text: String

    /// How often a tape that somebody else has locked is tried, for two seconds each time.
    private static let attempts = 5

    func validate() throws {
        guard text.contains(where: { !$0.isWhitespace }) else { throw ValidationError("The text of a mark is empty.") }
        guard text.utf8.count <= TapeMark.longestText else {
            throw ValidationError("The text of a mark takes at most \(TapeMark.longestText) bytes.")
        }
    }

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            let at = Timestamp(nanoseconds: SystemTimeSource().wall)
            let mark = try set(at)
            Notes.note("marked \(tape) at \(mark.at.rfc3339)")
        }
    }

    private func set(_ at: Timestamp, attempts: Int = Self.attempts) throws(TapeError) -> TapeMark {
        let failure: TapeError
        do {
            return try TapeMark.set(text, at: at, on: tape)
        } catch {
            failure = error
        }
        // The recorder holds the lock for the length of a commit only; a long write of another tool may last.
        guard case .busy = failure, attempts > 1, !StopSignal.hasCome else { throw failure }
        return try set(at, attempts: attempts - 1)
    }
}
