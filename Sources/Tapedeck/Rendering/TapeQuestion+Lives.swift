import ArgumentParser
import DeviceProtocol
import Query
import Tape
import Terminal

extension TapeQuestion {
    /// Writes the rows of an answer that is told from messages of a few kinds, and ends it.
    ///
    /// - Parameters:
    ///   - answer: the rows and what was left out.
    ///   - nouns: what a row is, in the singular and the plural.
    ///   - kinds: the kinds of message that rows come from.
    ///   - columns: the columns of the rows.
    ///   - output: the options.
    ///   - times: how the table shows instants.
    ///   - facts: further parts of the summary.
    ///   - values: the values of a row, in the order of the columns.
    /// - Throws: what writing throws, and ``Outcome/incomplete`` when parts could not be read.
    func write<Row>(
        _ answer: LivesAnswer<Row>, _ nouns: (one: String, many: String), kinds: Set<MessageKind>,
        _ columns: [OutputColumn], _ output: OutputFlags, times: TableTime, facts: [String] = [],
        _ values: (Row) -> [OutputValue]
    ) throws {
        let printer = try output.write(answer.rows, columns, times: times, values)
        if answer.rows.isEmpty { try explainNothing(nouns.many, kinds: kinds) }
        let unreadable = answer.unreadable > 0 ? ["\(HumanFormat.count(answer.unreadable, "message")) unreadable"] : []
        try finish(
            rows: printer.count, nouns.one, facts: facts + unreadable, hidden: printer.hiddenTitles,
            duplicates: answer.duplicates, damages: answer.damages)
    }
}

extension SelectionFlags {
    /// Says that a query chooses its kinds of message itself.
    ///
    /// - Throws: `ValidationError` when `--kind` was given.
    func refuseKinds(_ query: String, _ reads: String) throws {
        guard kind.isEmpty else { throw ValidationError("query \(query) reads \(reads); leave --kind out.") }
    }
}
