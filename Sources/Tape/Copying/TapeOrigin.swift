import SQLite

/// A row of table `clock`.
struct ClockRow {
    var cause: String
    /// ns of the monotonic clock when it was read.
    var monotonic: Int64
    /// ns to add to monotonic time.
    var offset: Int64
}

/// What copying needs of a tape beside what a ``TapeReader`` answers.
///
/// Read through a connection of its own: identifiers never change and clocks are only ever added, so that what it finds
/// holds for every earlier view of the tape as well.
struct TapeOrigin {
    /// The tape's identifier; nil where it never got one.
    let id: String?
    /// The clocks of each session, oldest first.
    let clocks: [Int64: [ClockRow]]

    init(path: String) throws(TapeError) {
        let connection = try TapeFile.openForReading(path)
        do {
            var row = try connection.prepare("SELECT value FROM tape WHERE key = 'id'")
            id = try row.step() ? row.text(0) : nil
            var clocks: [Int64: [ClockRow]] = [:]
            var rows = try connection.prepare("SELECT session, cause, monotonic, offset FROM clock ORDER BY id")
            while try rows.step() {
                clocks[rows.integer(0), default: []].append(
                    ClockRow(cause: rows.text(1), monotonic: rows.integer(2), offset: rows.integer(3)))
            }
            self.clocks = clocks
        } catch {
            throw TapeError.from(error)
        }
    }
}
