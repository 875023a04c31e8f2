import ArgumentParser
import DeviceProtocol
import Query
import Tape
import Terminal

/// What is odd about messages.
struct QueryFindings: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings",
        abstract: "One row per device, kind and finding: what does not keep to the documentation, with an example.",
        discussion: """
            JSON keys: code kind device count first_seen last_seen seq detail. count is the number of messages that \
            have the finding, seq the place of the first of them (tapedeck query messages shows it), detail a sentence \
            about that one. device is the one in the topic. Redelivered duplicates are left out.

            Among the codes: invalid_json, not_utf8, double_encoded, unexpected_shape, unexpected_type, id_mismatch, \
            missing_field, missing_id, missing_user_properties, unknown_status, int_beyond_int32, string_too_long, \
            payload_too_large, nested_telemetry_value, duplicate_key, invalid_timestamp, naive_timestamp, \
            implausible_timestamp, unknown_topic.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(help: "Findings with this code; * stands for any text, ? for one character; may be repeated.")
    var code: [String] = []

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            var query = FindingsQuery(question.selection)
            query.codes = code.map { Glob($0) }
            let answer = try query.answer(try question.tape())
            let times = question.times()
            let printer = try output.write(
                answer.rows, FindingRow.columns(times, hidesDevice: question.selection.devices.count == 1),
                times: times, \.values)
            if answer.messages == 0 {
                try question.explainNothing("messages", isByTopic: true)
            } else if answer.rows.isEmpty {
                Notes.note("no findings: \(HumanFormat.count(answer.messages, "message")) looked at")
            }
            if answer.dropped > 0 {
                Notes.warning("too many different findings: \(HumanFormat.count(answer.dropped)) are in no row")
            }
            try question.finish(
                rows: printer.count, "finding", facts: ["\(HumanFormat.count(answer.messages, "message")) looked at"],
                hidden: printer.hiddenTitles, duplicates: answer.duplicates, damages: answer.damages)
        }
    }
}
