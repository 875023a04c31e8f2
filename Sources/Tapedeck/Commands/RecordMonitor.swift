import DeviceProtocol
import Glibc
import JSONScan
import Recorder
import Tape
import Terminal

/// Shows a recording while it goes on: a status line on a terminal, notes on standard error, JSON Lines on request.
///
/// It writes on the thread of an ``EventRelay``: a terminal that is stopped, or a log that nobody reads, must not stop
/// the recording.
final class RecordMonitor: @unchecked Sendable {  // Used by one thread only, that of the relay.
    /// What is shown.
    enum Item: Sendable {
        case event(RecorderEvent)
        case end(RecordingSummary)
        case failure(String)
    }

    private let json: Bool
    private let tape: String
    /// Whether there are several clients, so that it has to be said whose news it is.
    private let namesClients: Bool
    private let output = OutputBuffer(descriptor: STDOUT_FILENO)
    private var line: ProgressLine
    private let time = SystemTimeSource()
    private var last = RecordingStatistics()

    init(json: Bool, tape: String, namesClients: Bool) {
        self.json = json
        self.tape = tape
        self.namesClients = namesClients
        line = ProgressLine(output: OutputBuffer(descriptor: STDERR_FILENO), capabilities: TerminalCapabilities())
    }

    func show(_ item: Item) {
        switch item {
        case .event(let event): show(event)
        case .end(let summary): finish(summary)
        case .failure(let text):
            line.clear()
            Notes.note(text)
        }
    }

    private func show(_ event: RecorderEvent) {
        if json { write(event) }
        switch event {
        case .finishing: break
        case .recording(let broker, let clientID, let sessionPresent):
            note(
                "recording \(broker) onto \(tape) as \(clientID)"
                    + (sessionPresent ? " (the broker kept our session)" : ""))
        case .subscription(let clientID, let filter, let code):
            note(
                "warning: \(whose(clientID))the broker "
                    + (code >= 0x80
                        ? "refused to subscribe us to \(filter) (0x\(String(code, radix: 16)))"
                        : "delivers \(filter) at QoS \(code) only"))
        case .disconnected(let clientID, let reason, let retryIn):
            note("\(whose(clientID))\(reason); next attempt in \(HumanFormat.duration(nanoseconds: retryIn))")
        case .clockChanged(let cause, let change):
            note(
                "note: the wall clock moved by \(HumanFormat.duration(nanoseconds: change))"
                    + (cause == "suspend" ? " (the machine slept)" : "") + "; order and spacing are not affected")
        case .waiting(let reason):
            note("warning: \(reason); nothing is acknowledged meanwhile")
        case .resumed(let cause, let length):
            note(
                "the tape can be written again after \(HumanFormat.duration(nanoseconds: length)) (\(cause.rawValue)); "
                    + "going on with what the broker kept")
        case .losses(let clientID, let gap):
            note("warning: \(whose(clientID))\(gap.summary)\(Self.number(gap.missing)): \(gap.detail ?? "")")
        case .statisticsUnavailable(let clientID, let reason):
            note(
                "note: \(whose(clientID))\(reason): messages that the broker drops at QoS 0 cannot be counted, "
                    + "times in which it may have are noted instead")
        case .retainedSnapshot(let clientID, let messages, let failure):
            if messages > 0 {
                note(
                    "\(whose(clientID))took \(HumanFormat.count(messages, "retained message")) of the past, age unknown"
                )
            }
            if let failure {
                note("warning: \(whose(clientID))retained messages of the past are not complete: \(failure)")
            }
        case .triggered(let reason, let merged):
            note("trigger \(reason)" + (merged == nil ? "; an incident begins" : "; belongs to the incident before"))
        case .incidentsLimited(let reason):
            note(
                "warning: too many incidents within an hour (--max-incidents): none for \(reason); more are only counted"
            )
        case .incident(let plan, let cut): note(RecordMonitor.text(plan, cut))
        case .incidentFailed(let plan, let outlook, let reason):
            note("warning: " + RecordMonitor.text(plan, outlook, reason, tape: tape))
        case .progress(let statistics):
            line.update(now: time.monotonic, status(statistics))
            last = statistics
        }
    }

    private func finish(_ summary: RecordingSummary) {
        line.clear()
        let statistics = summary.statistics
        if json { writeSummary(summary) }
        var parts = [
            "\(HumanFormat.count(statistics.messages, "message")) (\(HumanFormat.bytes(statistics.bytes)))",
            "in \(HumanFormat.duration(nanoseconds: statistics.elapsed))",
        ]
        if statistics.duplicates > 0 {
            parts.append("\(HumanFormat.count(statistics.duplicates, "redelivered message")) marked")
        }
        if statistics.redactions > 0 {
            let places = statistics.redacted.summary
            parts.append(
                "\(HumanFormat.count(statistics.redactions, "secret")) replaced"
                    + (places.isEmpty ? "" : " (\(places))"))
        }
        if statistics.reconnects > 0 { parts.append(HumanFormat.count(statistics.reconnects, "reconnect")) }
        if summary.sealing.deleted > 0 {
            parts.append("\(HumanFormat.count(summary.sealing.deleted, "old message")) deleted")
        }
        Notes.note("recorded \(tape): " + parts.joined(separator: ", "))
        for client in summary.unreached { Notes.warning("\(client) was never connected: nothing of it is on the tape") }
        Self.noteIncidents(statistics)
        for error in summary.sealing.errors {
            Notes.warning("\(error); what was not sealed is on the tape all the same, `tapedeck seal` tries again")
        }
        if statistics.gaps > 0 {
            Notes.note(
                "messages may be missing: \(statistics.gaps) row\(statistics.gaps == 1 ? "" : "s") in the loss ledger, "
                    + "see tapedeck info \(tape)"
            )
        }
    }

    private func note(_ text: String) {
        if LogStyle.current == .text { line.note(text) } else { Notes.note(text) }
    }

    private func status(_ now: RecordingStatistics) -> String {
        let interval = max(1, now.elapsed - last.elapsed)
        var text = now.isConnected ? "● " : "○ \(Self.connection(now)) · "
        text += "\(HumanFormat.count(now.messages)) messages · "
        text += HumanFormat.rate(now.messages - last.messages, nanoseconds: interval)
        text += " · \(HumanFormat.bytes(now.bytes))"
        if now.incidents > 0 { text += " · \(HumanFormat.count(now.incidents, "incident"))" }
        if let cause = now.holding { text += " · waiting, \(cause.summary)" }
        if now.gaps > 0 { text += " · \(HumanFormat.count(now.gaps, "gap"))" + Self.number(now.missing) }
        return text + " · \(HumanFormat.duration(nanoseconds: now.elapsed))"
    }

    /// The news of one of several clients begins with its id.
    private func whose(_ clientID: String) -> String { namesClients ? "\(clientID): " : "" }

    /// For a person: `not connected`, `1 of 3 clients connected`.
    private static func connection(_ now: RecordingStatistics) -> String {
        now.clients == 1 ? "not connected" : "\(now.connectedClients) of \(now.clients) clients connected"
    }

    private static func number(_ missing: Int64?) -> String {
        guard let missing, missing > 0 else { return "" }
        return ", \(HumanFormat.count(missing)) missing"
    }

    private func write(_ event: RecorderEvent) {
        if case .finishing = event { return }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("time")
        writer.string(Timestamp(nanoseconds: time.wall).rfc3339)
        writer.key("event")
        switch event {
        case .finishing: break
        case .recording(let broker, let clientID, let sessionPresent):
            writer.string("recording")
            writer.key("broker")
            writer.string(broker)
            writer.key("client_id")
            writer.string(clientID)
            writer.key("session_present")
            writer.bool(sessionPresent)
        case .subscription(let clientID, let filter, let code):
            writer.string("subscription")
            append(clientID, to: &writer)
            writer.key("filter")
            writer.string(filter)
            writer.key("reason_code")
            writer.int(Int64(code))
        case .disconnected(let clientID, let reason, let retryIn):
            writer.string("disconnected")
            append(clientID, to: &writer)
            writer.key("reason")
            writer.string(reason)
            writer.key("retry_in_ms")
            writer.int(retryIn / 1_000_000)
        case .clockChanged(let cause, let change):
            writer.string("clock_changed")
            writer.key("cause")
            writer.string(cause)
            writer.key("by_ns")
            writer.int(change)
        case .waiting(let reason):
            writer.string("waiting")
            writer.key("reason")
            writer.string(reason)
        case .resumed(let cause, let length):
            writer.string("resumed")
            writer.key("cause")
            writer.string(cause.rawValue)
            writer.key("after_ms")
            writer.int(length / 1_000_000)
        case .losses(let clientID, let gap):
            writer.string("gap")
            append(clientID, to: &writer)
            writer.key("cause")
            writer.string(gap.cause)
            writer.key("from")
            writer.string(gap.beganAt.rfc3339)
            if let until = gap.endedAt {
                writer.key("until")
                writer.string(until.rfc3339)
            }
            if let missing = gap.missing {
                writer.key("missing")
                writer.int(missing)
            }
            if let detail = gap.detail {
                writer.key("detail")
                writer.string(detail)
            }
        case .statisticsUnavailable(let clientID, let reason):
            writer.string("statistics_unavailable")
            append(clientID, to: &writer)
            writer.key("reason")
            writer.string(reason)
        case .retainedSnapshot(let clientID, let messages, let failure):
            writer.string("retained_snapshot")
            append(clientID, to: &writer)
            writer.key("messages")
            writer.int(messages)
            if let failure {
                writer.key("reason")
                writer.string(failure)
            }
        case .triggered(let reason, let merged):
            writer.string("triggered")
            Self.append(reason, to: &writer)
            writer.key("merged")
            writer.bool(merged != nil)
        case .incidentsLimited(let reason):
            writer.string("incidents_limited")
            Self.append(reason, to: &writer)
        case .incident(let plan, let cut): Self.append(plan, cut, to: &writer)
        case .incidentFailed(let plan, let outlook, let reason):
            writer.string("incident_failed")
            Self.append(plan, to: &writer)
            writer.key("outlook")
            writer.string(outlook.rawValue)
            writer.key("reason")
            writer.string(reason)
        case .progress(let statistics):
            writer.string("progress")
            Self.append(statistics, to: &writer)
        }
        finish(&writer)
    }

    private func writeSummary(_ summary: RecordingSummary) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("time")
        writer.string(Timestamp(nanoseconds: time.wall).rfc3339)
        writer.key("event")
        writer.string("ended")
        writer.key("reason")
        writer.string(summary.endReason)
        writer.key("session")
        writer.int(summary.sessions.first?.id ?? 0)
        if summary.statistics.clients > 1 {
            writer.key("sessions")
            writer.beginArray()
            for session in summary.sessions { writer.int(session.id) }
            writer.endArray()
        }
        Self.append(summary.statistics, to: &writer)
        finish(&writer)
    }

    private func append(_ clientID: String, to writer: inout JSONWriter) {
        writer.key("client_id")
        writer.string(clientID)
    }

    private func finish(_ writer: inout JSONWriter) {
        writer.endObject()
        writer.newline()
        // Nobody reads any more: the recording matters more than its log.
        try? output.append(bytes: writer.bytes)
        try? output.flush()
    }

    private static func append(_ statistics: RecordingStatistics, to writer: inout JSONWriter) {
        let numbers: [(String, Int64)] = [
            ("messages", statistics.messages), ("bytes", statistics.bytes), ("duplicates", statistics.duplicates),
            ("redactions", statistics.redactions), ("commits", statistics.commits),
            ("longest_commit_us", statistics.longestCommit / 1_000), ("reconnects", statistics.reconnects),
            ("gaps", statistics.gaps), ("missing", statistics.missing), ("incidents", statistics.incidents),
            ("incidents_failed", statistics.incidentsFailed),
            ("incidents_left_out", statistics.incidentsLeftOut), ("elapsed_ms", statistics.elapsed / 1_000_000),
        ]
        for (name, value) in numbers {
            writer.key(name)
            writer.int(value)
        }
        if let cause = statistics.holding {
            writer.key("holding")
            writer.string(cause.rawValue)
        }
        writer.key("connected")
        writer.bool(statistics.isConnected)
        if statistics.clients > 1 {
            writer.key("clients")
            writer.int(Int64(statistics.clients))
            writer.key("connected_clients")
            writer.int(Int64(statistics.connectedClients))
        }
    }
}
