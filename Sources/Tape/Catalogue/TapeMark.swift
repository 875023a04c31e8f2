public import DeviceProtocol
import SQLite

/// A mark that a person set on a tape: at this moment something happened.
///
/// It is a row of the table `tape` whose key is `mark/`, the time in ns with nineteen digits, `/` and a random word.
public struct TapeMark: Sendable, Hashable {
    /// The key of the row; orders by time.
    public var key: String
    /// When it was set, wall time.
    public var at: Timestamp
    /// What the person wrote.
    public var text: String

    /// The longest text, in bytes.
    public static let longestText = 4_096

    fileprivate static let prefix = "mark/"

    fileprivate init?(key: String, text: String) {
        let parts = key.split(separator: "/")
        guard parts.count == 3, let at = Int64(parts[1]) else { return nil }
        self.key = key
        self.at = Timestamp(nanoseconds: at)
        self.text = text
    }

    private init(at: Timestamp, text: String) {
        let digits = String(max(0, at.nanoseconds))
        let word = String(UInt32.random(in: .min ... .max), radix: 36)
        key = Self.prefix + String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits + "/" + word
        self.at = at
        self.text = text
    }

    /// Sets a mark on a tape, also while somebody records onto it.
    ///
    /// - Parameters:
    ///   - text: what to write; cut after ``longestText`` bytes.
    ///   - at: wall time.
    ///   - path: the tape, which must be there.
    /// - Returns: the mark.
    /// - Throws: ``TapeError``; ``TapeError/busy(path:)`` when the lock cannot be had within seconds.
    @discardableResult
    public static func set(_ text: String, at: Timestamp, on path: String) throws(TapeError) -> TapeMark {
        guard try TapeFile.examine(path) != .missing else { throw .notFound(path: path) }
        var text = text
        while text.utf8.count > longestText { text.unicodeScalars.removeLast() }
        let mark = TapeMark(at: at, text: text)
        let tape = TapeConnection(try TapeFile.openForWriting(path))
        do {
            try tape.database.transaction { () throws(SQLiteError) in try tape.database.insert(mark) }
        } catch {
            throw TapeError.from(error)
        }
        return mark
    }
}

extension TapeReader {
    /// The marks that people set, oldest first.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func marks() throws(TapeError) -> [TapeMark] {
        try TapeError.wrapping { () throws(SQLiteError) in try tape.database.marks() }
    }
}

extension TapeWriter {
    /// All marks, unless there are just as many as are known.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func marks(ifNotCounting known: Int?) throws(TapeError) -> [TapeMark]? {
        try TapeError.wrapping { () throws(SQLiteError) in
            if let known,
                try tape.database.integer("SELECT count(*) FROM tape WHERE \(Connection.areMarks)") == Int64(known)
            {
                return nil
            }
            return try tape.database.marks()
        }
    }
}

extension Connection {
    fileprivate static let areMarks = "key >= 'mark/' AND key < 'mark0'"

    /// The marks, oldest first.
    func marks() throws(SQLiteError) -> [TapeMark] {
        var rows = try prepare("SELECT key, value FROM tape WHERE \(Self.areMarks) ORDER BY key")
        var marks: [TapeMark] = []
        while try rows.step() {
            if let mark = TapeMark(key: rows.text(0), text: rows.text(1)) { marks.append(mark) }
        }
        return marks
    }

    /// Gives a mark another text.
    func update(_ mark: TapeMark, text: String) throws(SQLiteError) {
        var update = try prepare("UPDATE tape SET value = ? WHERE key = ?")
        try update.bind(1, text)
        try update.bind(2, mark.key)
        try update.run()
    }

    /// Stores a mark, under the key that it has.
    func insert(_ mark: TapeMark) throws(SQLiteError) {
        var insert = try prepare("INSERT OR IGNORE INTO tape (key, value) VALUES (?, ?)")
        try insert.bind(1, mark.key)
        try insert.bind(2, mark.text)
        try insert.run()
    }
}
