import DeviceProtocol
import Query
import SQLite
import Tape

/// `commands`: one row a command, with the keys of `query commands`.
enum CommandsTable {
    static let table = RowsTable<CommandRow>(
        name: "commands",
        columns: [
            .init("device", "TEXT", .text) { SQLValue($0.device?.text) },
            .init("id", "TEXT") { SQLValue($0.id) },
            .init("name", "TEXT") { SQLValue($0.name) },
            .init("state", "TEXT") { .text($0.state.rawValue) },
            .init("raw_status", "TEXT") { SQLValue($0.rawStatus) },
            .init("first_seen", "TEXT") { SQLValue($0.firstSeen) },
            .init("first_seen_ns", "INTEGER") { .integer($0.firstSeen.nanoseconds) },
            .init("in_progress_at", "TEXT") { SQLValue($0.inProgressAt) },
            .init("in_progress_at_ns", "INTEGER") { SQLValue($0.inProgressAt?.nanoseconds) },
            .init("ended_at", "TEXT") { SQLValue($0.endedAt) },
            .init("ended_at_ns", "INTEGER") { SQLValue($0.endedAt?.nanoseconds) },
            .init("duration_ms", "REAL") { SQLValue($0.duration, unit: 1e6) },
            .init("open_for_ms", "REAL") { SQLValue($0.openFor, unit: 1e6) },
            .init("deliveries", "INTEGER") { .integer(Int64($0.deliveries)) },
            .init("updates", "INTEGER") { .integer(Int64($0.updates)) },
            .init("match", "TEXT") { SQLValue($0.match?.rawValue) },
            // A JSON array, for json_each(); the words need no escaping.
            .init("anomalies", "TEXT") { row in
                .text("[" + row.anomalies.map { "\"\($0.word)\"" }.joined(separator: ",") + "]")
            },
            .init("message", "TEXT") { SQLValue($0.message) },
        ]
    ) { tape, source in
        let end = try source.end(of: tape)
        let answer = try CommandsQuery(Selection()).answer(tape, openUntil: end)
        try source.note(answer.damages)
        return answer.rows
    }
}
