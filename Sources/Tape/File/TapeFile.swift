import Glibc
import SQLite
import Schema

/// Opens tape files: the checks before SQLite sees them, the marks that make a file a tape, and format upgrades.
enum TapeFile {
    /// `PRAGMA application_id` of a tape: "TAPE" in ASCII.
    static let applicationID: Int64 = 0x5441_5045
    /// The newest tape format that this program reads and writes.
    static let formatVersion = Int64(Schema.migrations.count)

    enum Kind {
        case missing, empty, file
    }

    /// Says what stands at `path`, before any database code touches it.
    static func examine(_ path: String) throws(TapeError) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT {
                return .missing
            }
            throw .system(path: path, action: "open", reason: String(cString: strerror(errno)))
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory(path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notATape(path: path) }
        return status.st_size == 0 ? .empty : .file
    }

    /// Opens a tape for reading; one in a folder that cannot be written is read without side files.
    static func openForReading(_ path: String) throws(TapeError) -> Connection {
        guard try examine(path) == .file else {
            if try examine(path) == .missing { throw .notFound(path: path) }
            throw .notATape(path: path)
        }
        guard access(path, R_OK) == 0 else {
            throw .system(path: path, action: "read", reason: String(cString: strerror(errno)))
        }
        let folderIsWritable = access(folder(of: path), W_OK) == 0
        var walStatus = stat()
        let hasWAL = stat(path + "-wal", &walStatus) == 0 && walStatus.st_size > 0
        let mode: Connection.Mode =
            if folderIsWritable, access(path, W_OK) == 0 {
                // Only a connection that may write takes the -wal and -shm files away when it is the last to close.
                .readWrite
            } else if hasWAL || folderIsWritable {
                .readOnly
            } else {
                // Without a write-ahead log and without the right to make one, nobody can be writing: it is constant.
                .immutable
            }
        return try TapeError.wrapping { () throws(SQLiteError) in
            let connection = try Connection(path: path, mode: mode)
            try connection.execute("PRAGMA query_only = ON")
            return connection
        }
    }

    /// Opens a tape for writing; makes it, mode 0600, where there is none.
    static func openForWriting(_ path: String) throws(TapeError) -> Connection {
        let kind = try examine(path)
        if kind == .missing { try create(path) }
        if access(path, W_OK) != 0 || access(folder(of: path), W_OK) != 0 { throw .notWritable(path: path) }
        let connection = try TapeError.wrapping { () throws(SQLiteError) in
            // Short: whoever waits longer can try again, and look after its connection in between.
            try Connection(path: path, mode: .readWrite, busyTimeout: 2_000)
        }
        let isUnfinished = try isUnfinished(connection)
        let fresh = kind != .file || isUnfinished
        if fresh {
            try TapeError.wrapping { () throws(SQLiteError) in
                // Must come before the first table: it lets retention give pages back without a VACUUM
                // (https://www.sqlite.org/pragma.html#pragma_auto_vacuum).
                try connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            }
        } else {
            try checkMarks(connection)
        }
        try TapeError.wrapping { () throws(SQLiteError) in
            try connection.execute(
                """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = OFF;
                PRAGMA foreign_keys = ON;
                """)
        }
        try migrate(connection, fresh: fresh)
        return connection
    }

    /// Whether a file is a database without a table and without a mark: a tape whose making was interrupted.
    private static func isUnfinished(_ connection: borrowing Connection) throws(TapeError) -> Bool {
        try TapeError.wrapping { () throws(SQLiteError) in
            for sql in ["PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master"] {
                guard try connection.integer(sql) == 0 else { return false }
            }
            return true
        }
    }

    /// Refuses what is no tape or too new a tape.
    static func checkMarks(_ connection: borrowing Connection) throws(TapeError) {
        let marks: (Int64, Int64)
        do {
            marks = (
                try connection.integer("PRAGMA application_id") ?? 0, try connection.integer("PRAGMA user_version") ?? 0
            )
        } catch {
            throw TapeError.from(error)
        }
        guard marks.0 == applicationID, marks.1 >= 1 else { throw .notATape(path: connection.path) }
        guard marks.1 <= formatVersion else {
            throw .newerFormat(path: connection.path, version: marks.1, supported: formatVersion)
        }
    }

    /// Brings a tape to the newest format, one version a transaction.
    private static func migrate(_ connection: borrowing Connection, fresh: Bool) throws(TapeError) {
        try TapeError.wrapping { () throws(SQLiteError) in
            let version = fresh ? 0 : try connection.integer("PRAGMA user_version") ?? 0
            for next in version..<max(version, formatVersion) {
                try connection.transaction { () throws(SQLiteError) in
                    try connection.execute(Schema.migrations[Int(next)])
                    try connection.execute(
                        "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(next + 1)")
                }
            }
        }
    }

    /// Makes an empty file that only its owner may read.
    static func create(_ path: String) throws(TapeError) {
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            switch errno {
            case EACCES, EROFS, EPERM: throw .notWritable(path: path)
            case ENOSPC: throw .diskFull(path: path)
            case ENOENT:
                throw .system(path: path, action: "make", reason: "the folder \(folder(of: path)) does not exist")
            default: throw .system(path: path, action: "make", reason: String(cString: strerror(errno)))
            }
        }
        close(descriptor)
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
