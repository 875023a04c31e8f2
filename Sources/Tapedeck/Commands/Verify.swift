import ArgumentParser
import Tape
import Terminal

/// Reads everything on a tape and says what is wrong with it.
struct Verify: ParsableCommand {
    /// What `--format` takes.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table
        case jsonl
    }

    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a tape: every checksum, every message, every count.",
        discussion: """
            Looks at the pages of the database; at every batch and segment: checksums, whether all messages come back, \
            and what their rows say of them; at topics, templates and strings; at the numbers of the messages; and at \
            what sessions and the catalogue count. A tape may be recorded meanwhile. Nothing is changed.

            With --repair everything that can be read is written to a new tape: sessions, clocks, ledger and messages, \
            numbered anew. What is lost is said, and stands in the new tape's loss ledger.

            --format jsonl has an object a line, {"type":"fault","check":…,"first_seq":…,"last_seq":…,"text":…} for \
            each fault, {"type":"loss","first_seq":…,"last_seq":…,"messages":…,"from":…,"until":…,"reason":…} for each \
            stretch that a repair could not save, and {"type":"check","check":…,"examined":…,"faults":…} for each \
            check at the end.

            tapedeck verify fleet.tape
            tapedeck verify fleet.tape --repair -o saved.tape

            Exit codes: 0 sound, 1 it cannot be read at all, 3 damaged, 64 usage, 130 interrupted.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Flag(help: "Save what can be read to a new tape.")
    var repair = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The new tape for --repair; must not be there yet.", valueName: "tape"))
    var output: String?

    @Option(help: "table or jsonl (default: table on a terminal, jsonl elsewhere).")
    var format: Format?

    @Flag(name: .shortAndLong, help: "No summary on standard error; warnings stay.")
    var quiet = false

    func validate() throws {
        guard repair == (output != nil) else {
            throw ValidationError(
                repair
                    ? "--repair writes a new tape: name it with -o; the damaged one stays as it is."
                    : "--output belongs to --repair.")
        }
        if let output { try NewTape.validate(output: output) }
    }

    func run() throws {
        try reportingFailures {
            OutputBuffer.ignoreBrokenPipes()
            StopSignal.takeOver()
            if let output { try NewTape.check(output) }
            let monitor = ImportMonitor()
            defer { monitor.clear() }
            let printer = VerifyPrinter(Screen(format.flatMap { OutputFormat(rawValue: $0.rawValue) }), monitor)
            let verifier = try TapeVerifier(path: tape)
            let report = verifier.verify(host: NewTape.host(monitor)) { printer.write($0) }
            monitor.clear()
            guard let report else {
                try printer.finish(nil)
                Notes.note("stopped: \(tape) was not checked to its end")
                throw Outcome.interrupted
            }
            let saved = try output.map { try save(to: $0, printer, monitor) }
            try printer.finish(report)
            tell(report, elapsed: monitor.elapsed)
            if report.faults > 0 || saved?.isComplete == false { throw Outcome.incomplete }
        }
    }

    private func save(
        to output: String, _ printer: VerifyPrinter, _ monitor: ImportMonitor
    ) throws -> TapeRepairer.Report {
        var repairer = try TapeRepairer(path: tape, to: output) { printer.write($0) }
        let report = try repairer.write(host: NewTape.host(monitor))
        monitor.clear()
        guard let report else {
            try printer.finish(nil)
            throw NewTape.stopped(output)
        }
        for fact in report.lostFacts { Notes.warning("lost: \(fact)") }
        guard report.copy.messages > 0 else { throw NothingSaved(tape: tape, output: output) }
        var text =
            "saved \(HumanFormat.count(report.copy.messages, "message")) of "
            + "\(HumanFormat.count(report.copy.sessions, "session")) onto \(output)"
        text += report.losses == 0 ? "; no message was lost" : "; \(lost(report))"
        Notes.note(text)
        NewTape.note(lostReferences: report.copy.lostReferences)
        return report
    }

    private func lost(_ report: TapeRepairer.Report) -> String {
        (report.unknownLosses > 0 ? "at least " : "") + "\(HumanFormat.count(report.lostMessages, "message")) lost in "
            + HumanFormat.count(report.losses, "stretch", "stretches")
    }

    private func tell(_ report: VerifyReport, elapsed: Int64) {
        if report.faults == 0, quiet { return }
        let read =
            "\(HumanFormat.count(report.messages, "message")) (\(HumanFormat.bytes(report.bytes))) read in "
            + HumanFormat.duration(nanoseconds: elapsed)
        if report.faults == 0 {
            Notes.note("\(tape) is sound: \(read)")
        } else {
            Notes.warning("\(tape) is damaged: \(HumanFormat.count(report.faults, "fault")), \(read)")
        }
    }
}

/// Not a single message could be read.
private struct NothingSaved: Error, CustomStringConvertible {
    let tape: String
    let output: String

    var description: String { "no message of \(tape) can be read: \(output) was not made" }
}
