import ArgumentParser
import DeviceProtocol
import Query
import Tape
import Terminal

/// Makes a smaller tape of a part of one.
struct Slice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slice",
        abstract: "A smaller tape: a window, some devices, with the state that held before it.",
        discussion: """
            The new tape has the selected messages as they were recorded, byte for byte and with their times; their \
            sessions, cut to the window; and the rows of the loss ledger that touch it, whatever devices or topics are \
            selected. Messages and sessions are numbered anew. It is sealed, and only its owner may read it.

            In front of the window stands the state that held when it begins: of each selected device the telemetry \
            that its state is put together from, its last configuration as sent and as confirmed, its commands that \
            have not ended, licences, room, firmware notice and what it said of itself. These messages keep their own \
            times and form a session of their own with the source \(TapeSlicer.stateSource). --no-state leaves them out.

            tapedeck slice fleet.tape -o incident.tape --around "2026-11-22 14:30" --window 20m
            tapedeck slice fleet.tape -o one.tape -d 5f0c4a3e-… --since yesterday

            Exit codes: 0 done, 1 error, 3 parts of the tape could not be read, 64 usage, 130 interrupted.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The new tape; must not be there yet.", valueName: "tape"))
    var output: String

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @Flag(name: .customLong("no-state"), help: "Only the window; not the state that held before it.")
    var leavesOutState = false

    @Option(
        help: ArgumentHelp(
            "How far before the window telemetry is followed to put the state together; a device's last is always found.",
            valueName: "duration"))
    var stateReach = "24h"

    func validate() throws {
        try NewTape.validate(output: output)
        do { _ = try DurationExpression.parse(stateReach) } catch { throw ValidationError("--state-reach: \(error)") }
    }

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            let reader = try TapeReader(path: tape)
            let chosen = try selection.selection(on: reader, summary: try reader.summary(), withSnapshots: true)
            let question = try TapeQuestion(reader, chosen, zone: try selection.zone())
            try NewTape.check(output)
            try question.warnOfLosses()
            let monitor = ImportMonitor()
            defer { monitor.clear() }
            let state = try state(question)
            let slicer = TapeSlicer(reader, chosen, recorder: "tapedeck \(Tapedeck.version)")
            let report = try slicer.write(
                to: output, state: state.messages, start: start(question), host: NewTape.host(monitor))
            monitor.clear()
            guard let report else { throw NewTape.stopped(output) }
            guard report.messages > 0 else {
                try question.explainNothing("messages", isByTopic: true)
                throw NothingSelected(output: output)
            }
            tell(report, state, question, elapsed: monitor.elapsed)
            try NewTape.warn(of: state.damages + report.damages)
        }
    }

    private func state(_ question: TapeQuestion) throws -> StateBefore.Answer {
        guard !leavesOutState, let start = start(question) else { return StateBefore.Answer() }
        let reach = try DurationExpression.parse(stateReach)
        let before = StateBefore(question.selection, at: start, reach: reach) { StopSignal.hasCome }
        return try before.answer(try question.tape())
    }

    /// When the window begins; nil where it is the beginning of the tape.
    private func start(_ question: TapeQuestion) -> Timestamp? {
        if let since = question.selection.since { return since }
        return question.selection.sessions.chosen.isEmpty ? nil : question.window.first
    }

    private func tell(
        _ report: CopyReport, _ state: StateBefore.Answer, _ question: TapeQuestion, elapsed: Int64
    ) {
        Notes.note("window: \(question.window.text(question.glyphs))")
        let count = Int64(state.messages.count)
        var text =
            "sliced \(tape): \(HumanFormat.count(report.messages - count, "message")) and "
            + "\(HumanFormat.count(count)) of the state before, onto \(output) "
        if count == 0 { text = "sliced \(tape): \(HumanFormat.count(report.messages, "message")) onto \(output) " }
        text += "(\(HumanFormat.bytes(report.bytes)) in \(HumanFormat.bytes(report.fileSize))), in "
        Notes.note(text + HumanFormat.duration(nanoseconds: elapsed))
        NewTape.note(lostReferences: report.lostReferences)
        if state.droppedCommands > 0 {
            Notes.note(
                "note: \(HumanFormat.count(state.droppedCommands, "older open command")) left out of the state")
        }
        if state.unsettledDevices > 0 {
            Notes.note(
                "note: telemetry was followed \(stateReach) back (--state-reach); a metric that "
                    + "\(HumanFormat.count(state.unsettledDevices, "device")) did not send since is not in the state")
        }
    }
}

/// No message was selected, so that no tape was made.
private struct NothingSelected: Error, CustomStringConvertible {
    let output: String

    var description: String { "nothing selected: \(output) was not made" }
}
