import ArgumentParser
import Recorder
import Tape
import Terminal

/// Makes a tape without secrets of one that has them.
struct Redact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "A tape without its secrets: everything else byte for byte.",
        discussion: """
            The new tape has the same messages with the same numbers and times, the same sessions, clocks and loss \
            ledger; in the place of secrets stand placeholders, as record makes them. The tape is read twice, so that a \
            secret that shows itself late is found in what came before as well. It is sealed, and only its owner may \
            read it. What is a placeholder already stays.

            Secrets are: user properties and members of payloads whose name ends in password, passwd, passphrase, pwd, \
            psk, secret, token, api_key, access_key, private_key, secret_key, shared_key, auth_key, authorization, \
            credential, jwt (whatever the case, with or without _ and -); data and signature of licences; the texts of \
            a device's details; signatures, credentials and tokens in the parameters of addresses, and passwords in \
            them; and whatever was seen as a secret once, verbatim, anywhere. \
            --redact and --redact-key add to it. true, false and null stay.

            tapedeck redact fleet.tape -o fleet-to-mail.tape --redact /config/wifi/ssid --redact-key serial_number

            Exit codes: 0 done, 1 error, 3 parts of the tape could not be read, 64 usage, 130 interrupted.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The new tape; must not be there yet.", valueName: "tape"))
    var output: String

    @OptionGroup(title: "Redaction")
    var rules: RedactionRuleFlags

    /// Secrets of a whole tape that are remembered.
    private static let memory = 131_072

    func validate() throws {
        try NewTape.validate(output: output)
    }

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            let reader = try TapeReader(path: tape)
            try NewTape.check(output)
            let monitor = ImportMonitor()
            defer { monitor.clear() }
            var redactor = Redactor(key: RedactionRuleFlags.key(), rules: try rules.rules(), memory: Self.memory)
            guard try learn(reader, &redactor, monitor) else { throw NewTape.stopped(output) }
            var changed: Int64 = 0
            let keyName = redactor.keyName
            let report = try TapeRewriter(reader).write(
                to: output, host: host(monitor, from: 0.5),
                options: { SessionRedaction.options($0, keyName: keyName) }, text: { redactor.redact(text: $0) },
                change: { message in
                    if redactor.redact(&message) > 0 { changed += 1 }
                })
            monitor.clear()
            guard let report else { throw NewTape.stopped(output) }
            tell(report, redactor.counts, changed: changed, elapsed: monitor.elapsed)
            try NewTape.warn(of: report.damages)
        }
    }

    /// Reads the tape once for its secrets; false when it was stopped.
    private func learn(_ reader: TapeReader, _ redactor: inout Redactor, _ monitor: ImportMonitor) throws -> Bool {
        let host = host(monitor, from: 0)
        let total = Double(max(1, try reader.summary().messages))
        let cursor = try reader.messages()
        var count: Int64 = 0
        while let message = try cursor.next() {
            redactor.learn(from: message)
            count += 1
            guard count.isMultiple(of: 1_024) else { continue }
            if host.isStopping() { return false }
            host.progress(count, Double(count) / total)
        }
        return true
    }

    /// Shows half of the way, as each of the two readings is.
    private func host(_ monitor: ImportMonitor, from start: Double) -> CopyHost {
        CopyHost(isStopping: { StopSignal.hasCome }) { messages, share in
            monitor.show(messages: messages, share: share.map { start + min(1, $0) / 2 })
        }
    }

    private func tell(_ report: CopyReport, _ counts: RedactionCounts, changed: Int64, elapsed: Int64) {
        Notes.note(
            "redacted \(tape) onto \(output): \(HumanFormat.count(counts.total, "secret")) replaced in "
                + "\(HumanFormat.count(changed)) of \(HumanFormat.count(report.messages, "message")) "
                + "(\(HumanFormat.bytes(report.bytes)) in \(HumanFormat.bytes(report.fileSize))), in "
                + HumanFormat.duration(nanoseconds: elapsed))
        guard counts.total > 0 else { return }
        Notes.note("replaced: \(counts.summary)")
        Notes.note("note: \(tape) still has them")
    }
}
