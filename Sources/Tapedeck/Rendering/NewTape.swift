import ArgumentParser
import Glibc
import Tape
import Terminal

/// What the commands that make a tape of others have in common.
enum NewTape {
    /// Refuses what is no name of a file.
    ///
    /// - Throws: `ValidationError`.
    static func validate(output: String) throws {
        guard !output.isEmpty, output != "-" else {
            throw ValidationError(
                "--output takes the name of a tape file; a tape cannot be written to standard output.")
        }
    }

    /// Refuses a name that is taken, before any work is done.
    ///
    /// - Throws: ``NameTaken``.
    static func check(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        throw NameTaken(path: path, isFolder: status.st_mode & S_IFMT == S_IFDIR)
    }

    /// Stops at a signal and shows progress.
    static func host(_ monitor: ImportMonitor) -> CopyHost {
        CopyHost(isStopping: { StopSignal.hasCome }) { messages, share in
            monitor.show(messages: messages, share: share)
        }
    }

    /// Says that nothing remains; the outcome to throw.
    static func stopped(_ path: String) -> ExitCode {
        Notes.note("stopped: \(path) was not made")
        return Outcome.interrupted
    }

    /// Says which parts of the inputs are missing.
    ///
    /// - Throws: ``Outcome/incomplete`` where there are any.
    static func warn(of damages: [TapeError]) throws {
        var told: Set<String> = []
        let sentences = damages.map(\.description).filter { told.insert($0).inserted }
        for sentence in sentences.prefix(5) { Notes.warning(sentence) }
        if sentences.count > 5 { Notes.warning("and \(HumanFormat.count(sentences.count - 5, "more damaged part"))") }
        if !sentences.isEmpty { throw Outcome.incomplete }
    }

    /// Says how many redeliveries do not refer to their original any more.
    static func note(lostReferences: Int64) {
        guard lostReferences > 0 else { return }
        Notes.note(
            "note: \(HumanFormat.count(lostReferences, "redelivery", "redeliveries")) lost the reference "
                + "(duplicate_of) to a first message that is not on the new tape")
    }
}

/// The new tape has the name of something that is there.
struct NameTaken: Error, CustomStringConvertible {
    let path: String
    let isFolder: Bool

    var description: String {
        isFolder
            ? "\(path) is a folder: name a tape file inside it"
            : "\(path) is there already: choose another name, or remove it first"
    }
}
