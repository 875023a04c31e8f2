import DeviceProtocol
import Query
import SQLite
import Tape

/// `configs`: one row a device and version, with the keys of `query configs`.
enum ConfigsTable {
    static let table = RowsTable<ConfigRow>(
        name: "configs",
        columns: [
            .init("device", "TEXT", .text) { SQLValue($0.device?.text) },
            .init("version", "TEXT") { SQLValue($0.version) },
            .init("state", "TEXT") { .text($0.state.rawValue) },
            .init("sent_at", "TEXT") { SQLValue($0.sentAt) },
            .init("sent_at_ns", "INTEGER") { SQLValue($0.sentAt?.nanoseconds) },
            .init("echoed_at", "TEXT") { SQLValue($0.echoedAt) },
            .init("applied_at", "TEXT") { SQLValue($0.appliedAt) },
            .init("lag_ms", "REAL") { SQLValue($0.lag, unit: 1e6) },
            .init("converged_at", "TEXT") { SQLValue($0.convergedAt) },
            .init("waiting_for_ms", "REAL") { SQLValue($0.waitingFor, unit: 1e6) },
            .init("deliveries", "INTEGER") { .integer(Int64($0.deliveries)) },
            .init("redeliveries", "INTEGER") { .integer(Int64(max(0, $0.deliveries - 1))) },
            .init("echoes", "INTEGER") { .integer(Int64($0.echoes)) },
            .init("last_updated", "TEXT") { SQLValue($0.lastUpdated) },
            .init("previous", "TEXT") { SQLValue($0.previous) },
            .init("changes", "INTEGER") { SQLValue($0.changeCount.map(Int64.init)) },
            .init("anomalies", "TEXT") { .text(JSONArray.text($0.anomalies.map(\.rawValue))) },
        ]
    ) { tape, source in
        let answer = try ConfigsQuery(Selection()).answer(tape, waitingUntil: try source.end(of: tape))
        try source.note(answer.damages)
        return answer.rows
    }
}
