import ArgumentParser
import Query
import Tape
import Terminal

/// What held of each device at an instant.
struct QueryState: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "One row per device: the state that all its messages until an instant add up to.",
        discussion: """
            JSON keys: device status last_seen metrics config_version firmware latest_firmware licenses, and \
            latest_config_version latest_firmware_file_id model name space maintenance open_commands last_telemetry retained. \
            metrics is an object: the last value of each metric, spelled as it came; null removed it, `override` \
            removed all that it did not set. licenses is an array of objects with id, action, state and expires_at: \
            what the cloud asked for last, and what the device said of it since. config_version and firmware are what \
            the device named last, the ones with latest_ what the cloud sent last.

            What arrived before --at counts, and nothing that arrived later, whatever its timestamp says. Redelivered \
            duplicates are left out.

            retained names the keys whose values come from retained messages only: the broker held them when a recording \
            began, and nobody knows since when. What was heard while recording counts more.

            --ages adds metrics_at: for each metric, when the message arrived that gave it its value.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(
        parsing: .unconditional,
        help: "The instant, written like --since in the other queries (default: the end of the tape).")
    var at: String?

    @Flag(help: "Also when each metric got its value.")
    var ages = false

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        guard selection.since == nil, selection.until == nil, selection.around == nil else {
            throw ValidationError("query state looks at one instant: give --at instead of a window.")
        }
        guard selection.kind.isEmpty else {
            throw ValidationError("query state reads all kinds that make up the state; leave --kind out.")
        }
        _ = try flags()
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, try flags(), output)
            try question.warnOfLosses()
            var rows = try StateQuery(question.selection).rows(try question.tape())
            let times = question.times()
            var printer = try RowPrinter(
                StateRow.columns(times, hasAges: ages, hidesDevice: question.selection.devices.count == 1),
                Screen(output.format), times: times, output: OutputBuffer(descriptor: 1))
            var retained = 0
            while !output.isEnough(printer.count), let row = try rows.next() {
                if !row.retained.isEmpty { retained += 1 }
                try printer.write(row.values(hasAges: ages))
            }
            try printer.flush()
            if printer.count == 0 { try question.explainNothing("devices") }
            try question.finish(
                rows: printer.count, "device",
                facts: retained == 0
                    ? []
                    : ["of \(HumanFormat.count(retained)) something is known from retained messages only, age unknown"],
                hidden: printer.hiddenTitles, duplicates: rows.duplicates,
                damages: rows.damages)
        }
    }

    /// The selection until the instant.
    private func flags() throws -> SelectionFlags {
        var flags = selection
        flags.until = at
        do {
            if let at { _ = try TimeExpression.parse(at) }
        } catch {
            throw ValidationError("--at: \(error)")
        }
        return flags
    }
}
