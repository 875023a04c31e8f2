public import DeviceProtocol
import Glibc
import SQLite

/// For writers whose messages come from a file or a model and can be had again: nobody was promised anything before
/// the end.
extension TapeWriter {
    /// When what ``commit()`` wrote is safe from a loss of power; from a crash of this program it always is.
    public enum Durability: String, Sendable {
        /// When ``commit()`` returns, as a recording needs it.
        case atEachCommit = "FULL"
        /// From the next commit under ``atEachCommit`` on.
        ///
        /// The tape stays consistent whatever happens (https://www.sqlite.org/pragma.html#pragma_synchronous, NORMAL
        /// with a write-ahead log).
        case later = "NORMAL"
    }

    /// Chooses when commits are safe from a loss of power; what was committed before becomes so too with the next
    /// commit under ``Durability/atEachCommit``.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func setDurability(_ durability: Durability) throws(TapeError) {
        try TapeError.wrapping { () throws(SQLiteError) in
            try tape.database.execute("PRAGMA synchronous = \(durability.rawValue)")
        }
    }

    /// Dates the start of the session back, where a message turned out to be older than the first one.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func backdateSession(to time: Timestamp) throws(TapeError) {
        try TapeError.wrapping { () throws(SQLiteError) in
            var update = try tape.database.prepare("UPDATE session SET started_at = min(started_at, ?) WHERE id = ?")
            try update.bind(1, time.nanoseconds)
            try update.bind(2, session.id)
            try update.run()
        }
    }

    /// Removes the tape again where this writer made it, with everything on it; the writer must not be used any more.
    ///
    /// - Returns: whether it was removed.
    @discardableResult
    public func discard() -> Bool {
        guard wasCreated else { return false }
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        return true
    }
}
