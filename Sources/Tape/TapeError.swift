public import SQLite

/// Why a tape could not be made, opened, read or written; each case says in one sentence what to do about it.
public enum TapeError: Error, Sendable, CustomStringConvertible {
    /// There is no file of that name.
    case notFound(path: String)
    /// The name is that of a folder.
    case isDirectory(path: String)
    /// A file that is no tape.
    case notATape(path: String)
    /// A tape of a newer format than this program knows.
    case newerFormat(path: String, version: Int64, supported: Int64)
    /// Another process is recording onto this tape.
    case inUse(path: String)
    /// The operating system refused; the reason is its own.
    case system(path: String, action: String, reason: String)
    /// The disk is full.
    case diskFull(path: String)
    /// The file or its folder cannot be written.
    case notWritable(path: String)
    /// Another program holds a lock on the tape.
    case busy(path: String)
    /// A part of the tape is damaged.
    case damaged(path: String, part: String, reason: String)
    /// Anything else that SQLite refused.
    case sqlite(SQLiteError)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .notFound(let path):
            "no tape at \(path): check the name, or make one with `tapedeck record`"
        case .isDirectory(let path):
            "\(path) is a folder: name a tape file inside it, for example \(path)/fleet.tape"
        case .notATape(let path):
            "\(path) is not a tape: it was not written by tapedeck record"
        case .newerFormat(let path, let version, let supported):
            "\(path) has tape format \(version), this tapedeck reads up to \(supported): use a newer tapedeck"
        case .inUse(let path):
            "another tapedeck is recording onto \(path): stop it first, or record onto another tape"
        case .system(let path, let action, let reason):
            "cannot \(action) \(path): \(reason)"
        case .diskFull(let path):
            "no space left for \(path): free some space on its disk; nothing acknowledged is lost"
        case .notWritable(let path):
            "\(path) or its folder is read-only: change its permissions or choose another place"
        case .busy(let path):
            "\(path) is locked by another program for too long: close it and try again"
        case .damaged(let path, let part, let reason):
            "\(path) is damaged in \(part): \(reason)"
        case .sqlite(let error):
            error.description
        }
    }

    /// Whether the tape's storage refuses at the moment, and may take the same again later: a full disk or quota, a
    /// file system that became read-only, an error of the disk.
    public var isStorageRefusing: Bool {
        switch self {
        case .diskFull, .notWritable: true
        case .sqlite(let error): error.isInputOutput
        default: false
        }
    }

    /// Says what an error of SQLite means for a tape.
    static func from(_ error: SQLiteError) -> TapeError {
        if error.isFull { return .diskFull(path: error.path) }
        if error.isReadOnly { return .notWritable(path: error.path) }
        if error.isNotADatabase { return .notATape(path: error.path) }
        if error.isBusy { return .busy(path: error.path) }
        if error.isCorrupt { return .damaged(path: error.path, part: "its database pages", reason: error.message) }
        return .sqlite(error)
    }

    /// Runs `body` and says what an error of SQLite means for a tape.
    static func wrapping<Value: ~Copyable>(
        _ body: () throws(SQLiteError) -> Value
    ) throws(TapeError) -> Value {
        do { return try body() } catch { throw from(error) }
    }
}

extension [TapeError] {
    /// Notes damages, each damaged part of a tape once: several readers of one answer come upon the same.
    public mutating func note(_ damages: [TapeError]) {
        for damage in damages where !contains(where: { $0.isSamePart(as: damage) }) { append(damage) }
    }
}

extension TapeError {
    fileprivate func isSamePart(as other: TapeError) -> Bool {
        guard case .damaged(let path, let part, _) = self, case .damaged(path, part, _) = other else {
            return description == other.description
        }
        return true
    }
}
