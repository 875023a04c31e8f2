import Tape
import Terminal

/// Why an import could not be done.
enum ImportError: Error, CustomStringConvertible {
    /// The file cannot be opened or read; the reason is the system's own.
    case unreadable(file: String, reason: String)
    /// There is no file of that name.
    case notFound(file: String)
    /// The name is that of a folder.
    case isDirectory(file: String)
    /// The file is a tape, or another SQLite database.
    case isTape(file: String)
    /// The file is compressed; `tool` writes its text to standard output.
    case isCompressed(file: String, tool: String)
    /// The file holds no message at all.
    case isEmpty(file: String, brokenLines: Int)
    /// A line is no message, and the import ended there; `remains` says what of it is on the tape.
    case broken(place: BrokenPlace, remains: String)
    /// The tape could not be made or written.
    case tape(TapeError, remains: String)
    /// It was stopped by a signal.
    case stopped(remains: String)

    /// One sentence for a person.
    var description: String {
        switch self {
        case .unreadable(let file, let reason): "cannot read \(file): \(reason)"
        case .notFound(let file): "no file at \(file): check the name, or use - for standard input"
        case .isDirectory(let file): "\(file) is a folder: name a file of JSON Lines inside it"
        case .isTape(let file):
            "\(file) is a tape or another SQLite database, and import reads JSON Lines: `tapedeck export` writes them"
        case .isCompressed(let file, let tool):
            "\(file) is compressed: write `\(tool) \(file) | tapedeck import - -o TAPE`"
        case .isEmpty(let file, let brokenLines):
            brokenLines == 0
                ? "\(file) holds no messages: nothing was imported"
                : "\(file) holds no messages, \(HumanFormat.count(brokenLines, "broken line")) only: nothing was imported"
        case .broken(let place, let remains):
            "\(place); \(remains) (--skip-broken passes over such lines)"
        case .tape(let error, let remains): "\(error); \(remains)"
        case .stopped(let remains): "stopped: \(remains)"
        }
    }
}

/// Where in a file a line is broken, and what is wrong there.
struct BrokenPlace: Error, Hashable, CustomStringConvertible {
    /// The file's name.
    var file: String
    /// The line, from 1.
    var line: Int
    /// The byte at which it stops making sense, from 0 at the start of the file.
    var offset: Int
    /// What is wrong.
    var reason: String

    /// `messages.jsonl, line 17, byte 5012: the topic is missing`.
    var description: String { "\(file), line \(line), byte \(offset): \(reason)" }
}

/// What is wrong with a line.
struct BrokenLine: Error, Hashable {
    /// Where, in bytes from the start of the line.
    var offset: Int
    /// What, for a person.
    var reason: String
}
