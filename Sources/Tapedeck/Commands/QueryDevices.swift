import ArgumentParser
import DeviceProtocol
import Query
import Tape

/// What the messages show of each device.
struct QueryDevices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "One row per device: since when, how much, its status, firmware, clock and period.",
        discussion: """
            JSON keys: device first_seen last_seen messages status firmware model clock_skew_ms period_s. status, \
            firmware and model are what the device said last. clock_skew_ms is how far its clock is ahead of the \
            recorder's, period_s the time between two telemetry messages: both are medians over the newest 127 \
            telemetry messages of the device, those that were held back left out of the first. Redelivered duplicates \
            are left out.

            --detail adds kinds (an object: messages of each kind), silences, longest_silence_ms and silent_for_ms (of             one that still lasts; see query gaps), clock_skew_worst_ms (the one farthest from the median) and             clock_skew_outliers (how many are farther from it than a second and five times the median distance).
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Flag(help: "Also messages by kind, silences and clock outliers; looks at when every message arrived.")
    var detail = false

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            let answer = try DevicesQuery(question.selection).answer(try question.tape())
            let silences = try detail ? silences(question) : nil
            let times = question.times()
            let printer = try output.write(answer.rows, DeviceRow.columns(times, hasDetail: detail), times: times) {
                row in
                row.values + (silences.map { row.details($0[row.device]) } ?? [])
            }
            if answer.rows.isEmpty { try question.explainNothing("devices") }
            try question.finish(
                rows: printer.count, "device", hidden: printer.hiddenTitles, duplicates: answer.duplicates,
                damages: answer.damages)
        }
    }

    private func silences(_ question: TapeQuestion) throws -> [DeviceID: DeviceSilences] {
        var query = GapsQuery(question.selection)
        query.kinds = [.silence]
        var found: [DeviceID: DeviceSilences] = [:]
        for row in try query.answer(try question.tape(), lastingUntil: try question.end()).rows {
            if let device = row.device { found[device, default: DeviceSilences()].add(row) }
        }
        return found
    }
}
