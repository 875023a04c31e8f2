import SQLite

/// What a recorder with triggers must not forget when it is killed.
extension TapeWriter {
    /// What was stored of incidents that were not cut yet; nil where there are none.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func openIncidents() throws(TapeError) -> String? {
        try TapeError.wrapping { () throws(SQLiteError) in
            var rows = try tape.database.prepare("SELECT value FROM tape WHERE key = '\(Connection.openIncidents)'")
            return try rows.step() ? rows.text(0) : nil
        }
    }

    /// Stores something about incidents that are not cut yet, in the place of what was there; nil takes it away.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func setOpenIncidents(_ text: String?) throws(TapeError) {
        try write { () throws(SQLiteError) in
            guard let text else { return try tape.database.forgetOpenIncidents() }
            var insert = try tape.database.prepare("INSERT OR REPLACE INTO tape (key, value) VALUES (?, ?)")
            try insert.bind(1, Connection.openIncidents)
            try insert.bind(2, text)
            try insert.run()
        }
    }
}

extension Connection {
    fileprivate static let openIncidents = "open_incidents"

    /// Incidents belong to the tape that is recorded, not to a copy.
    func forgetOpenIncidents() throws(SQLiteError) {
        try execute("DELETE FROM tape WHERE key = '\(Self.openIncidents)'")
    }
}
