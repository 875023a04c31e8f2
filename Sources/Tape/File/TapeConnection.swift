import Glibc
import SQLite

/// The connection to an open tape, shared by what reads from it at the same time; it stays open as long as any of them.
///
/// It belongs to one thread, like everything that holds it.
final class TapeConnection {
    let database: Connection
    /// What is wrong with the file as a whole; nil for nothing.
    let damage: TapeError?
    /// How many segments were opened so far.
    var segmentsOpened = 0

    init(_ database: consuming Connection) {
        damage = Self.truncation(database)
        self.database = database
    }

    /// A copy that broke off in the middle of a page, which SQLite itself fills up with zeros without a word.
    private static func truncation(_ database: borrowing Connection) -> TapeError? {
        var file = stat()
        var log = stat()
        // While somebody writes, pages are on their way; a copy has no log, or an empty one.
        guard stat(database.path, &file) == 0, stat(database.path + "-wal", &log) != 0 || log.st_size == 0,
            let pageSize = try? database.integer("PRAGMA page_size"), pageSize > 0, Int64(file.st_size) % pageSize != 0
        else { return nil }
        return .damaged(
            path: database.path, part: "its end", reason: "the file is cut short, probably while it was copied")
    }

    /// The tape file.
    var path: String { database.path }
}
