import DeviceProtocol
import Query
import SQLite
import Tape

/// `licenses`: one row for each thing that was to be done with a licence, with the keys of `query licenses`.
enum LicensesTable {
    static let table = RowsTable<LicenseRow>(
        name: "licenses",
        columns: [
            .init("device", "TEXT", .text) { SQLValue($0.device?.text) },
            .init("id", "TEXT") { SQLValue($0.id) },
            .init("action", "TEXT") { SQLValue($0.action?.rawValue) },
            .init("state", "TEXT") { SQLValue($0.state?.rawValue) },
            .init("raw_state", "TEXT") { SQLValue($0.rawState) },
            .init("acknowledged", "INTEGER") { .integer($0.isAcknowledged ? 1 : 0) },
            .init("sent_at", "TEXT") { SQLValue($0.sentAt) },
            .init("sent_at_ns", "INTEGER") { SQLValue($0.sentAt?.nanoseconds) },
            .init("acknowledged_at", "TEXT") { SQLValue($0.acknowledgedAt) },
            .init("lag_ms", "REAL") { SQLValue($0.lag, unit: 1e6) },
            .init("unacknowledged_for_ms", "REAL") { SQLValue($0.unacknowledgedFor, unit: 1e6) },
            .init("expires_at", "TEXT") { SQLValue($0.expiresAt) },
            .init("expired", "INTEGER") { SQLValue($0.isExpired.map { $0 ? 1 : 0 }) },
            .init("deliveries", "INTEGER") { .integer(Int64($0.deliveries)) },
            .init("redeliveries", "INTEGER") { .integer(Int64(max(0, $0.deliveries - 1))) },
            .init("updates", "INTEGER") { .integer(Int64($0.updates)) },
            .init("match", "TEXT") { SQLValue($0.match?.rawValue) },
            .init("error", "TEXT") { SQLValue($0.error) },
            .init("anomalies", "TEXT") { .text(JSONArray.text($0.anomalies.map(\.rawValue))) },
        ]
    ) { tape, source in
        let answer = try LicensesQuery(Selection()).answer(tape, agingUntil: try source.end(of: tape))
        try source.note(answer.damages)
        return answer.rows
    }
}
