import DeviceProtocol
import JSONScan
import Recorder
import Terminal

/// How incidents are told.
extension RecordMonitor {
    /// A sentence about an incident tape that was cut.
    static func text(_ plan: IncidentPlan, _ cut: TriggerOptions.Cut) -> String {
        let why = plan.reasons.first.map { " (\($0))" } ?? ""
        let window = "\(plan.from.rfc3339) to \(plan.until.rfc3339)"
        guard let path = cut.path else { return "incident from \(window)\(why): no message, so that no tape was made" }
        var text = "incident tape \(path): \(HumanFormat.count(cut.messages - cut.ofState, "message")) and "
        text += "\(HumanFormat.count(cut.ofState)) of the state before, \(window)\(why)"
        if plan.firings > 1 { text += ", \(HumanFormat.count(Int64(plan.firings), "trigger"))" }
        if let since = plan.failingSince { text += "; it could not be cut since \(since.rfc3339)" }
        return text
    }

    /// A sentence about one that could not be cut.
    static func text(_ plan: IncidentPlan, _ outlook: IncidentOutlook, _ reason: String, tape: String) -> String {
        let (from, until) = (plan.from.rfc3339, plan.until.rfc3339)
        let byHand = "`tapedeck slice \(tape) -o NEW.tape --since \(from) --until \(until)` cuts it"
        let text = "the incident tape from \(from) to \(until) could not be cut: \(reason); "
        return switch outlook {
        case .retried: text + "trying again every 30 s for an hour, for which the tape keeps what it needs"
        case .nextRecording: text + "the next recording onto this tape with --trigger tries again, or " + byHand
        case .givenUp: text + "given up; " + byHand + " as long as the tape has the messages"
        }
    }

    /// What is worth saying of incidents at the end.
    static func noteIncidents(_ statistics: RecordingStatistics) {
        guard statistics.triggered > 0 else { return }
        var text = "\(HumanFormat.count(statistics.incidents, "incident tape")) of "
        text += HumanFormat.count(statistics.triggered, "trigger")
        if statistics.incidentsLeftOut > 0 {
            text += ", \(HumanFormat.count(statistics.incidentsLeftOut, "trigger")) beyond --max-incidents left out"
        }
        if statistics.incidentsFailed > 0 { text += ", \(HumanFormat.count(statistics.incidentsFailed)) failed" }
        Notes.note(text)
    }

    static func append(_ plan: IncidentPlan, _ cut: TriggerOptions.Cut, to writer: inout JSONWriter) {
        writer.string("incident")
        if let path = cut.path {
            writer.key("path")
            writer.string(path)
        }
        writer.key("messages")
        writer.int(cut.messages - cut.ofState)
        writer.key("state_messages")
        writer.int(cut.ofState)
        append(plan, to: &writer)
    }

    static func append(_ plan: IncidentPlan, to writer: inout JSONWriter) {
        writer.key("from")
        writer.string(plan.from.rfc3339)
        writer.key("until")
        writer.string(plan.until.rfc3339)
        writer.key("triggers")
        writer.int(Int64(plan.firings))
        writer.key("reasons")
        writer.beginArray()
        for reason in plan.reasons {
            writer.beginObject()
            append(reason, to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    static func append(_ reason: TriggerReason, to writer: inout JSONWriter) {
        writer.key("condition")
        writer.string(reason.condition)
        if let device = reason.device {
            writer.key("device")
            writer.string(device.text)
        }
        if let sequence = reason.sequence {
            writer.key("seq")
            writer.int(sequence)
        }
        if let value = reason.value {
            writer.key("value")
            writer.string(value)
        }
        writer.key("at")
        writer.string(reason.at.rfc3339)
    }
}
