import ArgumentParser
import Query
import Tape
import Terminal

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
            """)

    @Argument(help: "The tape.")
    var tape: String

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            let answer = try DevicesQuery(question.selection).answer(try question.tape())
            let times = question.times()
            var printer = try RowPrinter(
                DeviceRow.columns(times), Screen(output.format), times: times, output: OutputBuffer(descriptor: 1))
            for row in answer.rows where !output.isEnough(printer.count) { try printer.write(row.values) }
            try printer.flush()
            if answer.rows.isEmpty { try question.explainNothing("devices") }
            try question.finish(
                rows: printer.count, "device", hidden: printer.hiddenTitles, duplicates: answer.duplicates,
                damages: answer.damages)
        }
    }
}
