import ArgumentParser
import Glibc
import Terminal

/// Brings messages from JSON Lines onto a tape.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring messages from JSON Lines onto a tape; an existing tape goes on.",
        discussion: """
            Reads what export and query messages --format jsonl write, one object a line. Only time, topic and payload \
            are required; the order of the keys does not matter:

            {"time":"2026-11-22T14:30:00Z","topic":"v1/device/a/get","payload":"x"}

            A time is RFC 3339 with its zone, or a number since 1970 in seconds, ms, µs or ns, told apart by its size. \
            A payload that is a string is the exact text, any other JSON value is the payload as it is written; bytes \
            that are no UTF-8 stand in payload_base64. qos (else 0), retain, dup (else false), properties and \
            redactions are those of query messages. seq is only used to follow duplicate_of: the messages are numbered \
            anew in the order of the lines. Lines with the same session that follow one another become a session of \
            the tape. device, kind and device_time are derived again; other keys are ignored and counted. Empty lines \
            are passed over.

            Access keys and other secrets are replaced by placeholders, as record does (`tapedeck help redact` says \
            which); placeholders stay as they are. The loss ledger is no part of JSON Lines.

            At a line that is no message the import ends with exit code 1; a tape that it made is removed again, on \
            one that was there before the lines until then stay as a session. With --skip-broken it goes on and exits 3.
            """)

    @Argument(help: "The file of JSON Lines; - for standard input.")
    var file: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The tape file; made, readable by its owner only, where there is none.", valueName: "tape"))
    var output: String

    @Flag(help: "Pass over lines that are no messages.")
    var skipBroken = false

    @OptionGroup var redaction: RedactionFlags

    @Flag(help: "Leave the messages as they came; `tapedeck seal` makes the tape small later.")
    var noSeal = false

    /// Broken lines that are told of one by one.
    private static let toldLines = 5

    func validate() throws {
        try NewTape.validate(output: output)
    }

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            let input = try InputFile(file, wake: StopSignal.descriptor) { StopSignal.hasCome }
            let lines = try input.lines()
            redaction.warn(tape: output)
            let monitor = ImportMonitor()
            var importer = Importer(try options(input), host(input, monitor))
            do {
                let report = try importer.run(lines)
                monitor.clear()
                for note in report.notes { Notes.note(note) }
                Notes.note(report.summary(elapsed: monitor.elapsed))
                guard report.brokenLines == 0 else {
                    Notes.warning("\(HumanFormat.count(report.brokenLines, "broken line")) passed over")
                    throw Outcome.incomplete
                }
            } catch ImportError.stopped(let remains) {
                monitor.clear()
                Notes.note("\(ImportError.stopped(remains: remains))")
                throw Outcome.interrupted
            } catch {
                monitor.clear()
                throw error
            }
        }
    }

    private func options(_ input: InputFile) throws -> Importer.Options {
        Importer.Options(
            file: input.name, tape: output, skipsBroken: skipBroken, seals: !noSeal,
            redactionKey: redaction.key(), redactionRules: try redaction.rules.rules(),
            recorder: "tapedeck \(Tapedeck.version)")
    }

    private func host(_ input: InputFile, _ monitor: ImportMonitor) -> Importer.Host {
        var told = 0
        return Importer.Host(
            isStopping: { StopSignal.hasCome },
            progress: { messages, bytes in
                let share = input.size.map { Double(bytes) / Double(max(1, $0)) }
                monitor.show(messages: messages, share: share)
            },
            skipped: { place in
                told += 1
                if told <= Self.toldLines { monitor.note("warning: passed over: \(place)") }
            })
    }
}
