import DeviceProtocol
import Query
import SQLite
import Tape

/// `devices`: one row a device, with the keys of `query devices`.
enum DevicesTable {
    static let table = RowsTable<DeviceRow>(
        name: "devices",
        columns: [
            .init("device", "TEXT", .text) { .text($0.device.text) },
            .init("first_seen", "TEXT") { SQLValue($0.firstSeen) },
            .init("first_seen_ns", "INTEGER") { .integer($0.firstSeen.nanoseconds) },
            .init("last_seen", "TEXT") { SQLValue($0.lastSeen) },
            .init("last_seen_ns", "INTEGER") { .integer($0.lastSeen.nanoseconds) },
            .init("messages", "INTEGER") { .integer(Int64($0.messages)) },
            .init("status", "TEXT") { SQLValue($0.status) },
            .init("firmware", "TEXT") { SQLValue($0.firmware) },
            .init("model", "TEXT") { SQLValue($0.model) },
            .init("clock_skew_ms", "REAL") { SQLValue($0.clockSkew, unit: 1e6) },
            .init("period_s", "REAL") { SQLValue($0.period, unit: 1e9) },
        ]
    ) { tape, source in
        let answer = try DevicesQuery(Selection()).answer(tape)
        try source.note(answer.damages)
        return answer.rows
    }
}
