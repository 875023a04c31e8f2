import ArgumentParser
import CLinux
import DeviceProtocol
import Foundation
import MQTTSession
import Recorder
import Replay
import Tape
import Terminal

/// `tapedeck replay`: the messages of a tape once more, to another broker, when they are due.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publish the messages of a tape to a broker, with their original timing.",
        discussion: """
            What devices published is sent, what the cloud published is not. A broker that the tape was recorded from \
            is refused. Redacted access keys are never sent; --credentials gives the devices new ones. \
            See --dry-run for what would be sent.
            """)

    @Argument(help: "The tape file.")
    var tape: String

    @OptionGroup var connection: ConnectionFlags

    @OptionGroup var selection: SelectionFlags

    @OptionGroup(title: "Transformation")
    var transformation: TransformationFlags

    @OptionGroup(title: "Timing")
    var timing: PaceFlags

    @OptionGroup(title: "Connections")
    var connections: ConnectionModeFlags

    @Flag(help: "Send what the cloud published too, and what is of unknown direction.")
    var includeCloud = false

    @Flag(help: "Publish retained messages as retained ones.")
    var retain = false

    @Flag(help: "Allow a broker that the tape was recorded from.")
    var allowSource = false

    @Option(
        help:
            "A file of access keys, CSV `device,access_key` (and `client_id,username,password`) or a JSON object; readable by its owner only."
    )
    var credentials: String?

    @Option(
        help: ArgumentHelp(
            "Record what the target publishes under v1/device/ meanwhile onto this tape, for `diff`.", valueName: "tape"
        ))
    var record: String?

    @Option(help: "How long --record goes on after the last message, for late answers: 5s, 1m (default: 5s).")
    var recordTail: String?

    @Flag(help: "Say what would be sent, and send nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask before something that may do harm.")
    var yes = false

    @Flag(help: "Print the report (or the plan) as JSON.")
    var json = false

    func validate() throws {
        try transformation.validate(includesCloud: includeCloud, waitsForCommands: connections.waitForCommands)
        guard recordTail == nil || record != nil else { throw ValidationError("--record-tail belongs to --record.") }
        if let record, Self.isSameFile(record, tape) {
            throw ValidationError("--record: \(record) is the tape that is replayed; name another one.")
        }
        _ = try tail()
    }

    private func tail() throws -> Int64 {
        do {
            return try DurationExpression.parse(recordTail ?? "5s")
        } catch { throw ValidationError("--record-tail: \(error)") }
    }

    private static func isSameFile(_ one: String, _ other: String) -> Bool {
        let paths = [one, other].map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().standardizedFileURL.path }
        return paths[0] == paths[1]
    }

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            do {
                try replay()
            } catch ReplayError.cancelled {
                Notes.note("stopped before anything was sent")
                throw Outcome.interrupted
            }
        }
    }

    private func replay() throws {
        let options = try target()
        if let options {
            try checkAllowed(options.address)
            if !dryRun { try checkConsent(options.address) }
        }
        let preparation = try prepare(options)
        let text = try text(preparation.plan)
        if dryRun {
            try write { output in
                guard json else {
                    try text.writePlan(to: output, capabilities: TerminalCapabilities())
                    for line in TransformationText(plan: preparation.plan).examples { try output.append(line + "\n") }
                    return
                }
                let plan = preparation.plan.json(pace: timing.pace, repetition: try timing.repetition())
                try output.append(bytes: plan + [UInt8(ascii: "\n")])
            }
            if !preparation.plan.damages.isEmpty { throw Outcome.incomplete }
            return
        }
        guard let options else { throw ValidationError("No broker: give --broker mqtt://host:port.") }
        guard preparation.plan.messages > 0 else {
            Notes.note("tapedeck: nothing to send: \(text.nothing)")
            throw Outcome.failed
        }
        try confirm(options.address)
        Notes.note("sending to \(options.address) as \(options.clientID)\(text.pacing)")
        let (report, recording) = try publishRecorded(preparation, to: options)
        try write { output in
            guard json else { return try output.append(text.report(report)) }
            try output.append(bytes: report.json(plan: preparation.plan) + [UInt8(ascii: "\n")])
        }
        if report.ending == .interrupted { throw Outcome.interrupted }
        if !report.isComplete || !preparation.plan.damages.isEmpty { throw Outcome.incomplete }
        if let recording, recording.sessionLost || !recording.refused.isEmpty { throw Outcome.incomplete }
    }

    /// Publishes everything while the target is being recorded, where that was asked for.
    private func publishRecorded(
        _ preparation: Preparation, to options: ConnectionOptions
    ) throws -> (ReplayReport, RecordingSummary?) {
        guard let record else { return (try publish(preparation, to: options), nil) }
        let isStopping = { StopSignal.hasCome }
        let recording = try TargetRecording(path: record, connection: options, source: tape, isStopping: isStopping)
        let report: ReplayReport
        do {
            report = try publish(preparation, to: options)
        } catch {
            _ = try? recording.finish(after: 0, isStopping: isStopping)
            throw error
        }
        let summary = try recording.finish(after: try tail(), isStopping: isStopping)
        Notes.note("recorded \(HumanFormat.count(summary.statistics.messages, "message")) onto \(record)")
        if summary.sessionLost {
            Notes.warning("--record: messages may be missing; `tapedeck query gaps \(record)` says when")
        }
        for filter in summary.refused { Notes.warning("--record: the broker refused to subscribe us to \(filter)") }
        return (report, summary)
    }

    /// Publishes everything, under the eyes and hands of whoever sits at the terminal.
    private func publish(
        _ preparation: Preparation, to options: ConnectionOptions
    ) throws -> ReplayReport {
        let wake = StopSignal.wake
        let controls = ControlMailbox(wake: wake)
        var script = preparation.script
        let start = Timestamp(nanoseconds: SystemTimeSource().wall)
        script.transformation.timeShift = try transformation.timeShift(start: start)
            .settled(firstArrival: preparation.plan.firstArrival)
        var run = ReplayRun(
            script: script, plan: preparation.plan, timing: try timing.timing(isMultiplied: transformation.fanOut > 1),
            target: options, sourceGuard: allowSource ? nil : preparation.sourceGuard, wake: wake, controls: controls)
        run.mode = connections.mode
        run.commandTimeout = try connections.timeout()
        let keyboard = Keyboard(controls)
        defer { keyboard.end() }
        if keyboard.isActive { Notes.note(KeyReader.help) }
        let monitor = ReplayMonitor(length: run.length)
        let relay = EventRelay<ReplayEvent> { monitor.observe($0) }
        tapedeck_set_precise_timers()
        let report = try run.run(
            shouldStop: { StopSignal.hasCome },
            observe: { event in
                if case .progress = event { relay.send(event, mayBeDropped: true) } else { relay.send(event) }
            })
        relay.drain(within: 1)
        monitor.finish()
        return report
    }

    /// What is known before anything is sent.
    private struct Preparation {
        var script: ReplayScript
        var plan: ReplayPlan
        var sourceGuard: SourceGuard
    }

    /// Reads the tape and makes sure that it may be sent; the tape is closed again, so that a recorder that goes on is
    /// not held up.
    private func prepare(_ options: ConnectionOptions?) throws -> Preparation {
        let reader = try TapeReader(path: tape)
        var selected = try selection.selection(on: reader, summary: reader.summary())
        try timing.narrow(&selected, on: reader)
        var script = ReplayScript(path: tape, selection: selected)
        script.admission.includesCloud = includeCloud
        script.admission.keepsRetain = retain
        script.longestSilence = try timing.longestSilence()
        script.credentials = try credentials.map { try Credentials.read(path: $0) }
        let start = Timestamp(nanoseconds: SystemTimeSource().wall)
        let unreadable = try transformation.apply(
            to: &script, reader: reader, start: start, isStopping: { StopSignal.hasCome })
        for damage in unreadable.prefix(5) { Notes.warning("--state-first: \(damage)") }
        let sessions = try reader.sessions()
        let sourceGuard = SourceGuard(sessions: sessions)
        if let options, !allowSource, let match = sourceGuard.match(options.address) { throw ReplayError.source(match) }
        let plan = try ReplayPlan(script, tape: reader, isCancelled: { StopSignal.hasCome })
        let devices = Set(try reader.activity().compactMap(\.device)).union(plan.devices)
            .union(script.transformation.devices.targets.values)
        if let path = credentials {
            let absent = try script.credentials?.absent(against: devices, script.transformation, path: path)
            TransformationFlags.note(absent ?? [], "--credentials")
        }
        try transformation.check(plan, script, reader: reader)
        if let options { try ReplayIdentity.check(options.clientID, sessions: sessions, devices: devices) }
        try announce(script, plan, gaps: try reader.gaps(since: script.selection.since, until: script.selection.until))
        return Preparation(script: script, plan: plan, sourceGuard: sourceGuard)
    }

    private func announce(_ script: ReplayScript, _ plan: ReplayPlan, gaps: [Gap]) throws {
        let text = try text(plan)
        Notes.note("\(tape): \(text.window(script.selection))")
        Notes.note(text.summary)
        for line in TransformationText(plan: plan).summary + text.exceptions { Notes.note(line) }
        for line in text.ledger(gaps, sessions: script.selection.sessions) { Notes.warning(line) }
        for damage in plan.damages.prefix(5) { Notes.warning("\(damage); its messages are not sent") }
        if plan.damages.count > 5 {
            Notes.warning("and \(HumanFormat.count(plan.damages.count - 5, "more damaged part"))")
        }
    }

    private func text(_ plan: ReplayPlan) throws -> ReplayText {
        ReplayText(
            plan: plan, pace: timing.pace, cap: timing.cap(isMultiplied: transformation.fanOut > 1),
            repetition: try timing.repetition(),
            longestSilence: try timing.longestSilence(), zone: try selection.zone())
    }

    /// Refuses a target that the installation's configuration does not name.
    private func checkAllowed(_ target: BrokerAddress) throws {
        let file = try ConfigurationFile()
        guard let path = file.path, let texts = file.list(.replayTargets) else { return }
        let list = try TargetAllowList(texts)
        if list.allows(target) { return }
        let allowed = list.texts.isEmpty ? "none" : list.texts.joined(separator: ", ")
        Notes.note(
            "tapedeck: \(target) is no target that \(path) allows (replay.targets: \(allowed)); nothing was sent")
        throw Outcome.failed
    }

    /// What may do harm, by the flag that allows it.
    private func harms(_ target: BrokerAddress) -> [(flag: String, text: String)] {
        var harms: [(flag: String, text: String)] = []
        if includeCloud {
            harms.append(
                ("--include-cloud", "devices connected to \(target) will get recorded commands, configs and licences"))
        }
        if retain {
            harms.append(
                ("--retain", "retained messages at \(target) are overwritten or deleted, and stay after the replay"))
        }
        if connections.mode != .single {
            harms.append(
                (
                    "--connect per-device",
                    "devices that are connected to \(target) under the same client ids are thrown out"
                ))
        }
        if allowSource {
            harms.append(
                ("--allow-source", "recorded messages are mixed with live ones if the tape comes from \(target)"))
        }
        return harms
    }

    /// Refuses early what would need an answer where nobody can give one.
    private func checkConsent(_ target: BrokerAddress) throws {
        guard !timing.startPaused || TerminalCapabilities().inputIsTerminal else {
            throw ValidationError("--start-paused needs a terminal, whose keys let it go on; use --delay elsewhere.")
        }
        let flags = harms(target).map(\.flag).joined(separator: ", ")
        guard flags.isEmpty || yes || TerminalCapabilities().inputIsTerminal else {
            throw ValidationError("\(flags) needs --yes where nobody can be asked.")
        }
    }

    /// Says what may do harm, and asks.
    private func confirm(_ target: BrokerAddress) throws {
        let harms = harms(target)
        for harm in harms { Notes.warning("\(harm.flag): \(harm.text)") }
        if harms.isEmpty || yes { return }
        FileHandle.standardError.write(Data("Go on? [y/N] ".utf8))
        let answer = readLine()?.lowercased()
        if StopSignal.hasCome { throw ReplayError.cancelled }
        guard answer == "y" || answer == "yes" else {
            Notes.note("nothing was sent")
            throw Outcome.failed
        }
    }

    /// The connection; nil for a dry run without a broker.
    private func target() throws -> ConnectionOptions? {
        do {
            return try connection.options(defaultClientID: ReplayIdentity.fresh())
        } catch let error as ValidationError {
            let isUnnamed =
                connection.broker.isEmpty && connection.host == nil
                && ConnectionFlags.environment("TAPEDECK_BROKER") == nil
            guard dryRun, isUnnamed else { throw error }
            return nil
        }
    }

    private func write(_ body: (OutputBuffer) throws -> Void) throws {
        let output = OutputBuffer(descriptor: STDOUT_FILENO)
        try body(output)
        try output.flush()
    }
}
