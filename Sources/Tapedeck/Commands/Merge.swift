import ArgumentParser
import Tape
import Terminal

/// Makes one tape of several.
struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Join tapes: all messages in order of time, each publish once.",
        discussion: """
            All sessions, clocks and ledger rows of all tapes come along, numbered anew; the tags of a session name the \
            tape that it comes from (source_tape, source_session). Messages are in order of wall time; each tape keeps \
            its own order, and of equal times the tape named first comes first. The new tape is sealed, and only its \
            owner may read it.

            A publish that two recorders received is kept once, with the session that got it first. Two messages are \
            the same publish when topic, payload, RETAIN and properties are the same, they arrived within --tolerance \
            of each other on different tapes, and neither matches another message of the other tape already: the first \
            matches the first, the second the second. Two messages of one tape are never taken for one. QoS, DUP, \
            packet and subscription identifiers may differ; of redacted values only their presence counts. Copies of \
            one tape are matched by seq and time alone. Tapes of different brokers may hold equal messages that are \
            not the same: --keep-duplicates keeps all.

            tapedeck merge north.tape south.tape -o site.tape

            Exit codes: 0 done, 1 error, 3 parts of a tape could not be read, 64 usage, 130 interrupted.
            """)

    @Argument(help: "The tapes, two at least.")
    var tapes: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("The new tape; must not be there yet.", valueName: "tape"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "How far apart two recorders may have received the same publish.", valueName: "duration"))
    var tolerance = "2s"

    @Flag(help: "Keep every message, also those that two tapes have in common.")
    var keepDuplicates = false

    func validate() throws {
        guard tapes.count > 1 else {
            throw ValidationError("merge takes two tapes or more; for a part of one there is `tapedeck slice`.")
        }
        try NewTape.validate(output: output)
        do {
            _ = try DurationExpression.parse(tolerance)
        } catch {
            throw ValidationError("--tolerance: \(error)")
        }
    }

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            var readers: [TapeReader] = []
            for tape in tapes { readers.append(try TapeReader(path: tape)) }
            try NewTape.check(output)
            let monitor = ImportMonitor()
            defer { monitor.clear() }
            let merger = TapeMerger(
                readers, tolerance: keepDuplicates ? nil : try DurationExpression.parse(tolerance))
            let report = try merger.write(to: output, host: NewTape.host(monitor))
            monitor.clear()
            guard let report else { throw NewTape.stopped(output) }
            guard report.copy.messages > 0 else { throw NothingToMerge(output: output) }
            tell(report, elapsed: monitor.elapsed)
            try NewTape.warn(of: report.copy.damages)
        }
    }

    private func tell(_ report: TapeMerger.Report, elapsed: Int64) {
        for (tape, messages) in zip(tapes, report.inputs) {
            Notes.note("\(tape): \(HumanFormat.count(messages, "message"))")
        }
        var text =
            "merged \(HumanFormat.count(report.copy.messages, "message")) of "
            + "\(HumanFormat.count(report.copy.sessions, "session")) onto \(output) "
            + "(\(HumanFormat.bytes(report.copy.bytes)) in \(HumanFormat.bytes(report.copy.fileSize)))"
        if !keepDuplicates { text += ", \(HumanFormat.count(report.duplicates, "duplicate")) left out" }
        Notes.note(text + ", in \(HumanFormat.duration(nanoseconds: elapsed))")
        NewTape.note(lostReferences: report.copy.lostReferences)
    }
}

/// The tapes hold no message, so that no tape was made.
private struct NothingToMerge: Error, CustomStringConvertible {
    let output: String

    var description: String { "none of the tapes holds a message: \(output) was not made" }
}
