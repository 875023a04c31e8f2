import SQLite

/// The connection to an open tape, shared by what reads from it at the same time; it stays open as long as any of them.
///
/// It belongs to one thread, like everything that holds it.
final class TapeConnection {
    let database: Connection

    init(_ database: consuming Connection) {
        self.database = database
    }

    /// The tape file.
    var path: String { database.path }
}
