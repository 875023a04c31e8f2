import ArgumentParser
import DeviceProtocol
import Diff
import Foundation
import Tape
import Terminal

/// A comparison as it was asked for on the command line.
struct DiffJob {
    private let command: Diff
    private let base: DiffSide
    private let candidate: DiffSide
    private let settings: DiffSettings
    private let zone: TimeZone
    private let losses: [String]

    /// How many differences reports keep in memory.
    private static let mostKept = 20_000

    /// Opens both tapes and reads rules and maps.
    ///
    /// - Throws: what is wrong with any of them.
    init(_ command: Diff) throws {
        self.command = command
        zone = try command.selection.base().zone()
        var settings = DiffSettings()
        settings.isStrict = command.strict
        settings.direction = command.direction.direction
        for pair in command.mapDevice { try DeviceMapFile.add(option: pair, to: &settings.devices) }
        if let file = command.deviceMap { try DeviceMapFile.add(file: file, to: &settings.devices) }
        if let file = command.rules {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw DiffError(reason: "--rules \(file): the file cannot be read")
            }
            do throws(RulesError) {
                settings.rules = try DiffRules(parsing: Array(data))
            } catch {
                throw DiffError(reason: "--rules \(file): \(error)")
            }
        }
        if let text = command.timeTolerance { settings.rules.timeTolerance = try DurationExpression.parse(text) }
        self.settings = settings
        let map = settings.devices
        let tapes = (
            base: try TapeReader(path: command.base),
            candidate: try TapeReader(path: command.candidate, mayBeOpen: true)
        )
        base = try Self.side(tapes.base, "base", try command.selection.base(), command) { [$0, map.base(of: $0)] }
        candidate = try Self.side(tapes.candidate, "candidate", try command.selection.candidate(), command) {
            [$0, map.candidate(of: $0)]
        }
        losses = try Self.losses("base", base, zone) + Self.losses("candidate", candidate, zone)
    }

    private static func side(
        _ tape: TapeReader, _ name: String, _ flags: SelectionFlags, _ command: Diff,
        names: (DeviceID) -> [DeviceID]
    ) throws -> DiffSide {
        var selection = try command.selection.selection(flags, name, on: tape)
        selection.devices = Set(selection.devices.flatMap(names))
        return DiffSide(tape, selection)
    }

    private static func losses(_ name: String, _ side: DiffSide, _ zone: TimeZone) throws -> [String] {
        let sessions = side.selection.sessions
        return try side.tape.gaps(since: side.selection.since, until: side.selection.until).filter { gap in
            sessions.isEmpty || sessions.contains(gap.session)
        }.map { "\(name): \(TapeQuestion.describe($0, zone))" }
    }

    // MARK: Comparing

    /// Compares and writes the answer.
    ///
    /// - Throws: ``Outcome/incomplete`` where the tapes differ.
    func compare() throws {
        warnOfLosses()
        let screen = Screen(nil)
        let format = command.format ?? (command.output == nil && screen.format == .table ? .table : .jsonl)
        let file = try command.output.map { try Self.file($0, command) }
        let output = file?.output ?? OutputBuffer(descriptor: 1)
        let isOnTerminal = file == nil && screen.width != nil
        let limit = command.limit ?? (isOnTerminal && format == .table ? 50 : 0)
        var findings = DiffFindings(
            limit: command.summary ? 0 : limit > 0 ? min(limit, Self.mostKept) : Self.mostKept,
            ofGroup: format == .junit ? 20 : format == .html ? 200 : .max)
        let monitor = ImportMonitor(isShown: !command.quiet)
        var lines = DifferenceJSON()
        var written = 0
        let isStreamed = format == .jsonl && !command.summary
        let summary = try run(settings, monitor) { difference in
            guard isStreamed else { return findings.note(difference) }
            if limit == 0 || written < limit { try lines.write(difference, to: output) }
            written += 1
        }
        monitor.clear()
        switch format {
        case .jsonl:
            if command.summary {
                for (group, counts) in summary.byKind { try lines.write(group, counts, to: output) }
            }
        case .table:
            let text = DiffText(
                summary: summary,
                screen: file == nil
                    ? screen : Screen(nil, TerminalCapabilities(environment: { _ in nil }, isTerminal: { _ in false })),
                zone: zone,
                output: output)
            try text.writeSummary()
            try text.write(findings.all)
            written = findings.total
        case .junit:
            let junit = DiffJUnit(
                summary: summary, findings: findings, duration: monitor.elapsed,
                name: "tapedeck diff \(name(command.base)) \(name(command.candidate))")
            try junit.write(to: output)
        case .html:
            let page = DiffPage(
                summary: summary, findings: findings, facts: facts(summary), losses: losses,
                verdict: Self.verdict(summary), zone: zone)
            try page.write(to: output)
        }
        if let file { try file.complete() } else { try output.flush() }
        if format == .table, !command.summary, findings.total > findings.kept {
            let more = HumanFormat.count(findings.total - findings.kept, "more difference")
            let advice =
                findings.kept >= Self.mostKept ? "--format jsonl has all" : "-n 0 shows all"
            Notes.note("\(more): \(advice)")
        } else if isStreamed, limit > 0, written > limit {
            Notes.note("\(HumanFormat.count(written - limit, "more difference")) (--limit)")
        }
        try conclude(summary, monitor.elapsed)
    }

    private func conclude(_ summary: DiffSummary, _ elapsed: Int64) throws {
        if !command.quiet {
            Notes.note("\(Self.verdict(summary)), in \(HumanFormat.duration(nanoseconds: elapsed))")
        }
        let damages = summary.baseDamages + summary.candidateDamages
        for damage in damages.prefix(5) { Notes.warning(damage.description) }
        if damages.count > 5 { Notes.warning("and \(HumanFormat.count(damages.count - 5, "more damaged part"))") }
        if summary.total.different > 0 || !damages.isEmpty { throw Outcome.incomplete }
    }

    private func run(
        _ settings: DiffSettings, _ monitor: ImportMonitor, _ report: (Difference) throws -> Void
    ) throws -> DiffSummary {
        let comparison = TapeComparison(base: base, candidate: candidate, settings: settings)
        let expected = try base.tape.summary().messages + candidate.tape.summary().messages
        let summary = try comparison.run(
            progress: { messages in
                if StopSignal.hasCome { throw Outcome.interrupted }
                monitor.show(messages: Int64(messages), share: Double(messages) / Double(max(1, expected)))
            }, report)
        let empty = [
            summary.baseMessages == 0 ? "the base (\(command.base))" : nil,
            summary.candidateMessages == 0 ? "the candidate (\(command.candidate))" : nil,
        ].compactMap(\.self)
        guard empty.isEmpty else {
            monitor.clear()
            throw DiffError(
                reason: "nothing to compare: no message of \(empty.joined(separator: " and of ")) is selected")
        }
        return summary
    }

    // MARK: Rules

    /// Finds rules under which both tapes are the same, and writes them.
    ///
    /// - Throws: ``DiffError`` where there are none.
    func writeRules(to path: String) throws {
        warnOfLosses()
        let file = try Self.file(path, command)
        let monitor = ImportMonitor(isShown: !command.quiet)
        var settings = settings
        // What one set of rules hides lets others be seen: wider times pair other messages.
        for _ in 0..<10 {
            var proposal = RuleProposal()
            let summary = try run(settings, monitor) { proposal.note($0) }
            guard !proposal.isEmpty else {
                monitor.clear()
                try file.output.append(bytes: settings.rules.json)
                try file.complete()
                let rules = settings.rules
                let count = rules.ignore.count + rules.numericTolerance.count + rules.timeToleranceByKind.count
                Notes.note(
                    "wrote \(HumanFormat.count(count, "rule")) to \(path): under them both tapes are the same "
                        + "(\(HumanFormat.count(summary.total.same, "message")) compared); read them before use")
                return
            }
            var pairs: [MessageKind: Int] = [:]
            for (group, counts) in summary.groups {
                pairs[group.kind, default: 0] +=
                    counts.same + counts[.changed] + counts[.late] + counts[.reordered]
            }
            settings.rules = proposal.added(to: settings.rules) { pairs[$0] ?? 0 }
        }
        monitor.clear()
        throw DiffError(reason: "no rules were found under which the tapes are the same; \(path) was not written")
    }

    // MARK: Words

    private func warnOfLosses() {
        for loss in losses.prefix(5) { Notes.warning(loss) }
        if losses.count > 5 {
            Notes.warning(
                "and \(HumanFormat.count(losses.count - 5)) more: tapedeck info \(command.base) or "
                    + command.candidate)
        }
    }

    private static func verdict(_ summary: DiffSummary) -> String {
        let total = summary.total
        let scope =
            "\(HumanFormat.count(summary.baseMessages, "message")) of the base and "
            + "\(HumanFormat.count(summary.candidateMessages)) of the candidate "
            + (summary.conversations > 0 ? "in \(HumanFormat.count(summary.conversations, "conversation")) " : "")
            + "of \(HumanFormat.count(summary.devices, "device")) compared"
        guard total.different > 0 else { return "same: \(scope)" }
        let parts = Verdict.allCases.filter { total[$0] > 0 }.map { "\(HumanFormat.count(total[$0])) \($0.rawValue)" }
        return "different: \(parts.joined(separator: ", ")); \(HumanFormat.count(total.same)) same; \(scope)"
    }

    private func facts(_ summary: DiffSummary) -> [(String, String)] {
        [
            ("Base", name(command.base)), ("Candidate", name(command.candidate)),
            (
                "Messages",
                "\(HumanFormat.count(summary.baseMessages)) and \(HumanFormat.count(summary.candidateMessages))"
            ),
            ("Conversations", HumanFormat.count(summary.conversations)),
            ("Devices", HumanFormat.count(summary.devices)),
            ("Time tolerance", HumanFormat.duration(nanoseconds: settings.rules.timeTolerance)),
            ("Rules", command.strict ? "strict" : command.rules.map(name) ?? "the defaults"),
        ]
    }

    private func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    private static func file(_ path: String, _ command: Diff) throws -> ExportFile {
        // A file that was made for one of the tapes would otherwise be noticed for the base only.
        _ = try ExportFile(path, tape: command.candidate, replaces: command.force)
        return try ExportFile(path, tape: command.base, replaces: command.force)
    }
}

/// Why there is no comparison.
struct DiffError: Error, CustomStringConvertible {
    var reason: String

    var description: String { reason }
}
