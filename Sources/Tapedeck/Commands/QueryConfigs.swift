import ArgumentParser
import Query
import Tape
import Terminal

/// The versions of configurations and how far they came.
struct QueryConfigs: ParsableCommand {
    /// What `--state` takes.
    enum StateChoice: String, CaseIterable, ExpressibleByArgument {
        case converged
        case waiting
        case superseded
        case local
    }

    static let configuration = CommandConfiguration(
        commandName: "configs",
        abstract: "One row per device and version: sent, echoed, how long that took, what changed.",
        discussion: """
            JSON keys: device version state sent_at echoed_at applied_at lag_ms converged_at waiting_for_ms deliveries \
            redeliveries echoes last_updated previous changes anomalies. state: converged (the cloud sent it last, and \
            the device named it last), waiting (sent last, not named, or another one since), superseded (another one \
            was sent since), local (only the device named it). echoed_at is the first config/update with the version, \
            applied_at the first update that names it, lag_ms the time from the first delivery to the first of both \
            after it. changes counts the differences to the version before it. 10 and "10" are the same version.

            anomalies: missing_version, went_back (sent after a higher version), content_changed (the same version \
            with another content), echo_differs, echo_before_sent, ambiguous.

            --diff adds diff, an array of op (added, removed, changed), path (a JSON Pointer), old and new, and \
            echo_diff with the same of what the device sent back. Tables, CSV and TSV get a row per difference \
            instead: device version sent_at op path old new. Values of passwords, tokens and the like are not shown.

            A version is shown when any of its messages lies in the window; it is told from the whole tape up to the \
            end of the window.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(help: "converged, waiting, superseded or local; may be repeated.")
    var state: [StateChoice] = []

    @Flag(help: "Show what changed from version to version.")
    var diff = false

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        try selection.refuseKinds("configs", "configurations and what devices say of them")
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            var query = ConfigsQuery(question.selection)
            query.showsChanges = diff
            var answer = try query.answer(try question.tape(), waitingUntil: try question.end())
            if !state.isEmpty {
                let wanted = Set(state.map(\.rawValue))
                answer.rows.removeAll { !wanted.contains($0.state.rawValue) }
            }
            let times = TableTime(
                from: answer.rows.lazy.compactMap(\.firstSeen).min(),
                to: answer.rows.lazy.compactMap(\.firstSeen).max(), zone: question.zone)
            let hidesDevice = question.selection.devices.count == 1
            let waiting = answer.rows.count { $0.state == .waiting }
            let facts = waiting > 0 ? ["\(HumanFormat.count(waiting)) waiting"] : []
            if diff, Screen(output.format).format != .jsonl {
                let changes = answer.flatMap(\.changeRows)
                try question.write(
                    changes, ("difference", "differences"), kinds: ConfigsQuery.kinds,
                    ConfigChangeRow.columns(times, hidesDevice: hidesDevice), output, times: times, facts: facts,
                    \.values)
            } else {
                try question.write(
                    answer, ("version", "versions"), kinds: ConfigsQuery.kinds,
                    ConfigRow.columns(times, hidesDevice: hidesDevice, showsChanges: diff), output, times: times,
                    facts: facts
                ) { $0.values(showsChanges: diff) }
            }
        }
    }
}
