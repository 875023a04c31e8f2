import ArgumentParser
import Query
import Tape
import Terminal

/// What firmware devices run, against what the cloud offers.
struct QueryFirmware: ParsableCommand {
    /// What `--state` takes.
    enum StateChoice: String, CaseIterable, ExpressibleByArgument {
        case upToDate = "up_to_date"
        case upgrade
        case downgrade
        case differs
        case unknown
    }

    static let configuration = CommandConfiguration(
        commandName: "firmware",
        abstract: "One row per device: the firmware that it reports against the one that the cloud offers.",
        discussion: """
            JSON keys: device state reported reported_at source previous latest latest_at latest_file_id notices \
            lag_ms behind_for_ms. state: up_to_date, upgrade (a newer one is offered), downgrade (an older one), differs \
            (their spelling does not tell which is newer), unknown (one of both was not seen). source: update, or \
            telemetry where only a metric (firmware_version, firmware, fw_version, fw) names it. reported_at and \
            latest_at are when the version was named first since another one was; of a metric, when it was named last. \
            lag_ms is the time from the offer to the report, behind_for_ms the time since the offer.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(help: "up_to_date, upgrade, downgrade, differs or unknown; may be repeated.")
    var state: [StateChoice] = []

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        try selection.refuseKinds("firmware", "what devices and cloud say of firmware")
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            var answer = try FirmwareQuery(question.selection)
                .answer(try question.tape(), behindUntil: try question.end())
            if !state.isEmpty {
                let wanted = Set(state.map(\.rawValue))
                answer.rows.removeAll { !wanted.contains($0.state.rawValue) }
            }
            let behind = answer.rows.count { $0.behindFor != nil }
            let times = question.times()
            try question.write(
                answer, ("device", "firmware versions"), kinds: FirmwareQuery.kinds, FirmwareRow.columns(times), output,
                times: times, facts: behind > 0 ? ["\(HumanFormat.count(behind)) behind"] : [], \.values)
        }
    }
}
