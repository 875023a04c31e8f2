import DeviceProtocol
import Foundation
import MQTTWire
import Replay
import Tape
import Terminal

/// The plan and the report of a replay for a person.
struct ReplayText {
    let plan: ReplayPlan
    let pace: Pace
    /// Messages a second at most; nil for as many as there are.
    var cap: Double?
    /// How often it goes over the tape.
    var repetition = Repetition.once
    /// What longer silences are shortened to, ns of recorded time.
    let longestSilence: Int64?
    /// The zone that times are shown in.
    let zone: TimeZone

    /// The window as it was understood.
    func window(_ selection: Selection) -> String {
        let ids = selection.sessions.chosen.sorted().map { "\($0)" }.joined(separator: ", ")
        let sessions = ids.isEmpty ? nil : (selection.sessions.chosen.count == 1 ? "session " : "sessions ") + ids
        if selection.since == nil, selection.until == nil { return sessions.map { "all of \($0)" } ?? "the whole tape" }
        let from = selection.since.map { "from \(time($0))" } ?? "from the beginning"
        let until = selection.until.map { "until \(time($0))" } ?? "to the end"
        return (sessions.map { "\($0) " } ?? "") + "\(from) \(until)"
    }

    /// What is going to be published, in a line.
    var summary: String {
        var text = "\(messages(plan.messages)) of \(HumanFormat.count(plan.devices.count, "device")), "
        text += HumanFormat.bytes(plan.bytes)
        if let first = plan.firstArrival, let last = plan.lastArrival {
            text += ", recorded \(time(first)) to \(time(last))"
        }
        return text
    }

    /// How fast, with a comma in front.
    var pacing: String {
        let timing =
            switch pace {
            case .maximum: "as fast as it goes"
            case .perSecond(let rate): "\(number(rate)) messages a second"
            case .rate(let rate): timing(rate)
            }
        let limit = cap.map { ", at most \(number($0)) messages a second (--pps or --no-rate-cap change that)" }
        let duration = plan.duration(at: pace, repetition).flatMap {
            $0 > 0 ? HumanFormat.duration(nanoseconds: $0) : nil
        }
        return ", \(timing)\(limit ?? "")\(rounds)" + (duration.map { ": \($0)" } ?? "")
    }

    private var rounds: String {
        guard repetition != .once else { return "" }
        let delay = repetition.delay > 0 ? " with \(HumanFormat.duration(nanoseconds: repetition.delay)) between" : ""
        return (repetition.rounds.map { ", \(HumanFormat.count($0, "round"))" } ?? ", round after round") + delay
    }

    private func timing(_ rate: Double) -> String {
        let speed = "\(number(rate)) times as fast as recorded"
        guard let longestSilence else { return rate == 1 ? "in the original timing" : speed }
        let silences = "silences shortened to \(HumanFormat.duration(nanoseconds: longestSilence))"
        return rate == 1 ? silences : "\(speed), \(silences)"
    }

    /// What is left out or changed, a line each.
    var exceptions: [String] {
        var lines = SkipReason.allCases.compactMap { reason in
            plan.skipped[reason].map { "not sent: \(messages($0)) \(reason.summary)" }
        }
        if plan.keysReplaced > 0 { lines.append("put in: \(HumanFormat.count(plan.keysReplaced, "access key"))") }
        if plan.keysLeftOut > 0 {
            let properties = HumanFormat.count(plan.keysLeftOut, "redacted property", "redacted properties")
            lines.append("left out: \(properties) (--credentials gives devices keys)")
        }
        return lines
    }

    /// Why there is nothing to send.
    var nothing: String {
        let skipped = plan.skipped.values.reduce(0, +)
        return skipped == 0
            ? "no message of the tape is selected"
            : skipped == 1
                ? "the only message that is selected is left out"
                : "all \(messages(skipped)) that are selected are left out"
    }

    /// The rows of the loss ledger in the window, a line each.
    func ledger(_ gaps: [Gap], sessions: SessionChoice) -> [String] {
        let gaps = gaps.filter { sessions.isEmpty || sessions.contains($0.session) }
        var lines = gaps.prefix(20).map { gap in
            let until = gap.endedAt.map { "to \(time($0))" } ?? "on"
            let missing = gap.missing.map { ", \(messages($0)) missing" } ?? ""
            return "messages may be missing from \(time(gap.beganAt)) \(until): \(gap.summary)\(missing)"
        }
        if gaps.count > 20 { lines.append("and \(HumanFormat.count(gaps.count - 20, "more such interval"))") }
        return lines
    }

    /// Writes the messages to publish by device and kind, for `--dry-run`.
    func writePlan(to output: OutputBuffer, capabilities: TerminalCapabilities) throws {
        var table = TextTable(
            columns: [
                .init("DEVICE"), .init("KIND"), .init("DIRECTION"), .init("MESSAGES", .trailing),
                .init("SIZE", .trailing),
            ],
            width: capabilities.outputIsTerminal ? capabilities.width : nil,
            style: Style(isEnabled: capabilities.outputHasColour), output: output)
        for row in plan.rows {
            try table.append([
                .init(row.device?.text ?? ""), .init(row.kind.rawValue), .init(row.direction.rawValue),
                .init(HumanFormat.count(row.messages)), .init(HumanFormat.bytes(row.bytes)),
            ])
        }
        try table.finish()
        if plan.messagesBeyondRows > 0 {
            try output.append("and \(messages(plan.messagesBeyondRows)) of further devices\n")
        }
    }

    /// How the replay went.
    func report(_ report: ReplayReport) -> String {
        (outcome(report) + delivery(report) + commands(report) + timing(report)).joined(separator: "\n") + "\n"
    }

    private func outcome(_ report: ReplayReport) -> [String] {
        let sent = HumanFormat.count(report.sent)
        var lines = ["sent \(sent) of \(messages(report.planned)), \(HumanFormat.bytes(report.sentBytes))"]
        switch report.ending {
        case .completed: break
        case .interrupted: lines.append("stopped by the user before the end")
        case .connectionLost(let reason): lines.append("given up: \(reason)")
        case .silence(let seconds):
            lines.append("given up: the broker took and acknowledged nothing more for \(seconds) s")
        case .tapeFailed(let reason): lines.append("given up: \(reason)")
        }
        return lines
    }

    private func delivery(_ report: ReplayReport) -> [String] {
        var lines: [String] = []
        func add(_ count: Int64, _ text: String) {
            if count > 0 { lines.append("\(HumanFormat.count(count)) \(text)") }
        }
        let answerable = report.acknowledged + report.refused + report.unacknowledged
        if answerable > 0 {
            let all = answerable == 1 ? "acknowledged" : "all acknowledged"
            let part = "\(HumanFormat.count(report.acknowledged)) of them acknowledged"
            add(answerable, "at QoS 1 or 2, \(report.acknowledged == answerable ? all : part) by the broker")
        }
        add(report.sent - answerable, "at QoS 0, which brokers do not acknowledge")
        add(report.unacknowledged, "sent but not acknowledged, which the broker may have or not")
        for (code, count) in report.refusedByCode.sorted(by: { $0.key < $1.key }) {
            add(count, "refused by the broker (reason code 0x\(String(code, radix: 16)), MQTT 5.0 §3.4.2.1)")
        }
        add(report.unsendable, "cannot be sent:")
        lines += report.unsendableExamples.map { "  \(DisplayText($0).text)" }
        add(report.unsent, "not sent")
        add(report.repeated, "sent again after a lost connection, which the broker may have twice")
        add(report.loweredQoS, "sent with a lower QoS, the highest that the broker takes")
        if report.connections > 1 { lines.append("over \(HumanFormat.count(report.connections, "connection"))") }
        add(report.lostDevices, "devices whose connection was given up:")
        lines += report.lostDeviceExamples.prefix(5).map { "  \(DisplayText($0).text)" }
        if report.disconnections > 0 {
            let outage = HumanFormat.duration(nanoseconds: report.outage)
            lines.append(
                "connection lost \(HumanFormat.count(report.disconnections, "time")), \(outage) without one; "
                    + "the schedule went on meanwhile, so messages were late")
        }
        return lines
    }

    /// What became of answers that waited for commands.
    private func commands(_ report: ReplayReport) -> [String] {
        guard let loop = report.closedLoop else { return [] }
        var lines = [
            "the target sent \(HumanFormat.count(loop.commands, "command")); "
                + "\(HumanFormat.count(loop.released)) of \(HumanFormat.count(loop.answers, "recorded answer")) followed theirs"
        ]
        guard loop.expired > 0 else { return lines }
        lines.append("\(HumanFormat.count(loop.expired, "answer")) not sent, whose command did not come:")
        lines += loop.missing.prefix(20).map {
            DisplayText("  \($0.device): \($0.name) (\($0.commandID) on the tape, its answer is seq \($0.sequence))")
                .text
        }
        if loop.expired > 20 { lines.append("  and \(HumanFormat.count(loop.expired - 20)) more") }
        return lines
    }

    private func timing(_ report: ReplayReport) -> [String] {
        let duration = HumanFormat.duration(nanoseconds: report.duration)
        let rate = HumanFormat.perSecond(report.rate)
        guard let lateness = report.lateness, let planned = report.plannedRate else {
            return report.sent > 0 ? ["took \(duration), \(rate)"] : []
        }
        func time(_ nanoseconds: Int64) -> String { HumanFormat.duration(nanoseconds: nanoseconds) }
        var lines = [
            "took \(duration), planned \(time(report.plannedDuration)); \(rate), planned \(HumanFormat.perSecond(planned))",
            "late at the socket: p50 \(time(lateness.p50)), p90 \(time(lateness.p90)), p99 \(time(lateness.p99)), "
                + "p99.9 \(time(lateness.p999)), max \(time(lateness.maximum)); "
                + "\(HumanFormat.count(lateness.overTenMilliseconds)) later than 10 ms",
        ]
        if report.paused > 0 { lines.append("stood still for \(time(report.paused)) of that") }
        if report.capped > 0 {
            lines.append("\(HumanFormat.count(report.capped, "message")) held back by the limit of messages a second")
        }
        if !report.keptUp {
            lines.append(
                "this machine or the broker could not keep up: do not trust the timing; try a lower --rate or fewer messages"
            )
        }
        return lines
    }

    private func messages(_ count: Int64) -> String {
        HumanFormat.count(count, "message")
    }

    private func time(_ time: Timestamp) -> String {
        "\(TableTime.full(time, zone)) \(TableTime.name(zone))"
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() && value < 1e15 ? HumanFormat.count(Int64(value)) : "\(value)"
    }
}
