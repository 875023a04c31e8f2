import DeviceProtocol
import SQLite
import Tape

/// `gaps`: the loss ledger, one row an interval in which messages may be missing.
enum GapsTable {
    static let table = RowsTable<Gap>(
        name: "gaps",
        columns: [
            .init("session", "INTEGER") { .integer($0.session) },
            .init("cause", "TEXT") { .text($0.cause) },
            .init("began_at", "TEXT") { SQLValue($0.beganAt) },
            .init("began_at_ns", "INTEGER") { .integer($0.beganAt.nanoseconds) },
            .init("ended_at", "TEXT") { SQLValue($0.endedAt) },
            .init("ended_at_ns", "INTEGER") { SQLValue($0.endedAt?.nanoseconds) },
            .init("duration_s", "REAL") { gap in
                SQLValue(gap.endedAt.map { $0.nanoseconds &- gap.beganAt.nanoseconds }, unit: 1e9)
            },
            .init("missing", "INTEGER") { SQLValue($0.missing) },
            .init("detail", "TEXT") { SQLValue($0.detail) },
        ]
    ) { tape, _ in try tape.gaps() }
}
