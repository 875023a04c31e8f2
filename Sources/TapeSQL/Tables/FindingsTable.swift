import DeviceProtocol
import Query
import SQLite
import Tape

/// `findings`: one row a device, kind and finding, with the keys of `query findings`.
enum FindingsTable {
    static let table = RowsTable<FindingRow>(
        name: "findings",
        columns: [
            .init("code", "TEXT") { .text($0.code) },
            .init("kind", "TEXT") { .text($0.kind.rawValue) },
            .init("device", "TEXT", .text) { SQLValue($0.device?.text) },
            .init("count", "INTEGER") { .integer(Int64($0.count)) },
            .init("first_seen", "TEXT") { .text($0.firstSeen.rfc3339) },
            .init("first_seen_ns", "INTEGER") { .integer($0.firstSeen.nanoseconds) },
            .init("last_seen", "TEXT") { .text($0.lastSeen.rfc3339) },
            .init("last_seen_ns", "INTEGER") { .integer($0.lastSeen.nanoseconds) },
            .init("seq", "INTEGER") { .integer($0.sequence) },
            .init("detail", "TEXT") { .text($0.detail) },
        ]
    ) { tape, source in
        let answer = try FindingsQuery(Selection()).answer(tape)
        try source.note(answer.damages)
        return answer.rows
    }
}
