import ArgumentParser

/// How an answer is written: the same options for every command that writes rows.
struct OutputFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "table, jsonl, csv or tsv (default: table on a terminal, jsonl elsewhere).", valueName: "format"))
    var format: OutputFormat?

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: "At most this many rows, the first ones; 0 for all.")
    var limit = 0

    @Flag(name: .shortAndLong, help: "No summary on standard error; warnings stay.")
    var quiet = false

    func validate() throws {
        guard limit >= 0 else {
            throw ValidationError("--limit \(limit): a number of rows cannot be negative; 0 gives all.")
        }
    }

    /// Whether a number of rows is all that was asked for.
    func isEnough(_ rows: Int) -> Bool {
        limit > 0 && rows >= limit
    }
}
