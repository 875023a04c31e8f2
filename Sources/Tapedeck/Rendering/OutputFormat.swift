import ArgumentParser

/// How rows are written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// Columns for people.
    case table
    /// A JSON object a line.
    case jsonl
    /// Comma separated values with a header, RFC 4180.
    case csv
    /// Tab separated values with a header.
    case tsv
}
