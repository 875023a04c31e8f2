import DeviceProtocol
import SQLite

extension TapeVerifier {
    /// Holds sessions, clocks and activity against what was counted.
    ///
    /// Where messages could not be read the sums differ for that reason alone, and only what is too small is told.
    func checkCatalogue() {
        do {
            try checkClocks()
            try checkSessions()
            try checkActivity()
        } catch {
            fault(TapeFault(.catalogue, "the catalogue cannot be read: \(error.message)"))
        }
    }

    private func checkClocks() throws(SQLiteError) {
        var rows = try tape.database.prepare(
            "SELECT id, session FROM clock WHERE session NOT IN (SELECT id FROM session) ORDER BY id")
        while try rows.step() {
            fault(
                TapeFault(
                    .catalogue, "clock \(rows.integer(0)) belongs to session \(rows.integer(1)), which is not there"))
        }
        report.examined(.catalogue, Int64(clocks.count))
    }

    private func checkSessions() throws(SQLiteError) {
        var known: Set<Int64> = []
        for session in try tape.database.sessions() {
            report.examined(.catalogue)
            known.insert(session.id)
            let found = tally.sessions[session.id] ?? .init()
            let stated = VerifyTally.Sums(
                messages: session.messages, bytes: session.bytes, duplicates: session.duplicates,
                redactions: session.redactions)
            // Retention takes messages off the tape, but not off their session.
            let mayBeMore = tally.isIncomplete || lastDeleted > 0
            for (what, stated, found) in Self.pairs(stated, found)
            where stated < found || (stated > found && !mayBeMore) {
                fault(
                    TapeFault(.catalogue, "session \(session.id) has \(found) \(what), and its row says \(stated)"))
            }
        }
        for session in tally.sessions.keys.sorted() where !known.contains(session) {
            fault(TapeFault(.catalogue, "there are messages of session \(session), which is not there"))
        }
    }

    private static func pairs(_ stated: VerifyTally.Sums, _ found: VerifyTally.Sums) -> [(String, Int64, Int64)] {
        [
            ("messages", stated.messages, found.messages), ("bytes of messages", stated.bytes, found.bytes),
            ("redeliveries", stated.duplicates, found.duplicates),
            ("redacted values", stated.redactions, found.redactions),
        ]
    }

    private func checkActivity() throws(SQLiteError) {
        var rest = tally.activity
        var rows = try tape.database.prepare(
            "SELECT device, kind, messages, bytes, first_seen, last_seen FROM activity ORDER BY device, kind")
        while try rows.step() {
            report.examined(.catalogue)
            let device = rows.text(0)
            let kind = rows.text(1)
            let key = ActivityTally.Key(
                device: device.isEmpty ? nil : DeviceID(device), kind: MessageKind(rawValue: kind) ?? .unknown)
            let found = rest.removeValue(forKey: key)
            compare(
                "the activity of \(device.isEmpty ? "no device" : device), \(kind),",
                (rows.integer(2), rows.integer(3), rows.integer(4), rows.integer(5)), found)
        }
        for missing in rest.values.sorted(by: {
            ($0.device?.text ?? "", $0.kind.rawValue) < ($1.device?.text ?? "", $1.kind.rawValue)
        }) {
            let device = missing.device?.text ?? "no device"
            fault(
                TapeFault(
                    .catalogue,
                    "the activity of \(device), \(missing.kind.rawValue), is missing: \(missing.messages) messages"))
        }
    }

    private func compare(
        _ what: String, _ stated: (messages: Int64, bytes: Int64, first: Int64, last: Int64), _ found: Activity?
    ) {
        let (messages, bytes) = (found?.messages ?? 0, found?.bytes ?? 0)
        let mayBeMore = tally.isIncomplete
        func differs(_ stated: Int64, _ found: Int64) -> Bool { stated < found || (stated > found && !mayBeMore) }
        if differs(stated.messages, messages) || differs(stated.bytes, bytes) {
            fault(
                TapeFault(
                    .catalogue,
                    "\(what) is \(messages) messages of \(bytes) bytes, and its row says \(stated.messages) of "
                        + "\(stated.bytes)"))
        }
        guard let found, messages > 0 else { return }
        // Deleting moves the beginning only roughly; it must never lie behind the first message.
        let isExact = !mayBeMore && lastDeleted == 0
        let (first, last) = (found.firstSeen.nanoseconds, found.lastSeen.nanoseconds)
        if stated.first > first || (isExact && stated.first != first)
            || stated.last < last || (isExact && stated.last != last)
        {
            fault(
                TapeFault(
                    .catalogue,
                    "\(what) is from \(found.firstSeen.rfc3339) to \(found.lastSeen.rfc3339), and its row says from "
                        + "\(Timestamp(nanoseconds: stated.first).rfc3339) to "
                        + Timestamp(nanoseconds: stated.last).rfc3339))
        }
    }
}
