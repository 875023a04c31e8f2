import ArgumentParser
import Query
import Tape
import Terminal

/// The loss ledger and the silences of devices.
struct QueryGaps: ParsableCommand {
    /// What `--type` takes.
    enum TypeChoice: String, CaseIterable, ExpressibleByArgument {
        case ledger
        case silence
    }

    static let configuration = CommandConfiguration(
        commandName: "gaps",
        abstract: "Stretches without messages: what the recorder may have missed, and when devices were silent.",
        discussion: """
            JSON keys: type device session cause from until duration_ms expected_ms times unknown_ms open missing detail. \
            type ledger: a row of the loss ledger, messages of all devices may be missing. type silence: the device \
            sent nothing from its last message until its next one, for --factor times as long as usual at least, and \
            --longer-than; expected_ms is the usual time, the median of the times between its messages before (up to \
            31, at least 3), times how many of them the silence is long. unknown_ms is the part of a silence that the \
            loss ledger covers: whether the device spoke then is unknown, and it does not count. open: it still lasts \
            at the end of the window or tape.

            Any message that a device sends on its own topics ends a silence; what the cloud sends it does not. With \
            --longer-than, devices count too of which no usual time is known.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(help: "ledger or silence (default: both).")
    var type: TypeChoice?

    @Option(help: "Only what lasted this long: 5m, 2h (default: all of the ledger, silences from 1m on).")
    var longerThan: String?

    @Option(help: "How many times as long as usual a silence is, at least.")
    var factor: Int64 = 5

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        try selection.refuseKinds("gaps", "all that devices send")
        guard factor >= 1 else { throw ValidationError("--factor takes a whole number from 1 on.") }
        _ = try minimum()
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            var query = GapsQuery(question.selection)
            if let type { query.kinds = type == .ledger ? [.ledger] : [.silence] }
            query.rule.factor = factor
            if let minimum = try minimum() {
                query.minimum = minimum
                query.rule.minimum = minimum
                query.rule.judgesByMinimumAlone = true
            }
            // The ledger is a part of the answer, and is not to be said twice.
            if type == .silence { try question.warnOfLosses() }
            let answer = try query.answer(try question.tape(), lastingUntil: try question.end())
            let times = TableTime(
                from: answer.rows.first?.from, to: answer.rows.last.map { $0.until ?? $0.from }, zone: question.zone)
            let silences = answer.rows.count { $0.kind == .silence }
            let devices = Set(answer.rows.compactMap(\.device)).count
            let facts =
                type == .ledger
                ? []
                : ["\(HumanFormat.count(answer.rows.count - silences)) in the ledger"]
                    + ["\(HumanFormat.count(silences, "silence")) of \(HumanFormat.count(devices, "device"))"]
            try question.write(
                answer, ("gap", "gaps"), kinds: [], GapRow.columns(times), output, times: times, facts: facts, \.values)
        }
    }

    private func minimum() throws -> Int64? {
        do { return try longerThan.map { try DurationExpression.parse($0) } } catch {
            throw ValidationError("--longer-than: \(error)")
        }
    }
}
