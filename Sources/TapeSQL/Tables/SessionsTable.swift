import DeviceProtocol
import SQLite
import Tape

/// `sessions`: one row a recording onto the tape, with the keys of `info`.
enum SessionsTable {
    static let table = RowsTable<Session>(
        name: "sessions",
        columns: [
            .init("session", "INTEGER") { .integer($0.id) },
            .init("source", "TEXT") { .text($0.source) },
            .init("broker", "TEXT") { SQLValue($0.broker) },
            .init("broker_addresses", "TEXT") { .text(JSONArray.text($0.brokerAddresses)) },
            .init("client_id", "TEXT") { SQLValue($0.clientID) },
            .init("recorder", "TEXT") { .text($0.recorder) },
            .init("started_at", "TEXT") { SQLValue($0.startedAt) },
            .init("started_at_ns", "INTEGER") { .integer($0.startedAt.nanoseconds) },
            .init("alive_at", "TEXT") { SQLValue($0.aliveAt) },
            .init("alive_at_ns", "INTEGER") { .integer($0.aliveAt.nanoseconds) },
            .init("ended_at", "TEXT") { SQLValue($0.endedAt) },
            .init("ended_at_ns", "INTEGER") { SQLValue($0.endedAt?.nanoseconds) },
            .init("end_reason", "TEXT") { SQLValue($0.endReason) },
            .init("messages", "INTEGER") { .integer($0.messages) },
            .init("bytes", "INTEGER") { .integer($0.bytes) },
            .init("duplicates", "INTEGER") { .integer($0.duplicates) },
            .init("redactions", "INTEGER") { .integer($0.redactions) },
            .init("filters", "TEXT") { .text($0.filters) },
            .init("options", "TEXT") { .text($0.options) },
            .init("tags", "TEXT") { .text($0.tags) },
        ]
    ) { tape, _ in try tape.sessions() }
}
