import ArgumentParser
import Query
import Tape
import Terminal

/// The ledger of licences.
struct QueryLicenses: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "licenses",
        abstract:
            "One row per thing that was to be done with a licence: whether the device did it, and since when not.",
        discussion: """
            JSON keys: device id action state raw_state acknowledged sent_at acknowledged_at lag_ms \
            unacknowledged_for_ms expires_at expired deliveries redeliveries updates match error anomalies. action: \
            add, update or remove; the same sent again is a redelivery, another action, end or content begins a new \
            row. state: pending, inuse, removed, error, done or other, as the device said last; all but pending and \
            other acknowledge. unacknowledged_for_ms is there while it is the cloud's last word on the licence and not \
            acknowledged. match: id, correlation or inferred. The licence itself and its signature are never shown.

            anomalies: missing_id, ambiguous_action, missing_action, unknown_state, contradictory_state (a word of the \
            vendor's sample that the vendor's list lacks), update_before_license, error_after_use, \
            redelivered_after_acknowledgement, state_contradicts_action.

            A row is shown when any of its messages lies in the window; it is told from the whole tape up to the end \
            of the window.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Flag(help: "Only what the device has not acknowledged and the cloud still asks for.")
    var unacknowledged = false

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        try selection.refuseKinds("licenses", "licences and what devices say of them")
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            var answer = try LicensesQuery(question.selection)
                .answer(try question.tape(), agingUntil: try question.end())
            if unacknowledged { answer.rows.removeAll { $0.unacknowledgedFor == nil } }
            let times = TableTime(
                from: answer.rows.lazy.compactMap(\.sentAt).min(), to: answer.rows.lazy.compactMap(\.sentAt).max(),
                zone: question.zone)
            let open = answer.rows.count { $0.unacknowledgedFor != nil }
            try question.write(
                answer, ("action", "licences"), kinds: LicensesQuery.kinds,
                LicenseRow.columns(times, hidesDevice: question.selection.devices.count == 1), output, times: times,
                facts: open > 0 ? ["\(HumanFormat.count(open)) not acknowledged"] : [], \.values)
        }
    }
}
