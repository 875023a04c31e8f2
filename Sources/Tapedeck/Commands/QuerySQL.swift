import ArgumentParser
import Foundation
import Query
import SQLite
import Tape
import TapeSQL
import Terminal

/// Any question, in SQL.
struct QuerySQL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Any question, in SQL; it can only read.",
        discussion: """
            One SELECT (or WITH, VALUES, EXPLAIN QUERY PLAN) of SQLite, with its window and JSON functions. \
            --tables lists the tables and their columns: messages, samples (one row a metric of a telemetry message), \
            commands, devices, sessions, gaps (the loss ledger).

            Times stand there twice: as RFC 3339 text in UTC (`time`), which compares with any beginning of such a \
            text ('2026-11-22', '2026-11-22T14:05'), and as nanoseconds since 1970 (`time_ns`). ns(TEXT) and \
            rfc3339(NS) convert, time_bucket('15m', time) rounds down; further functions: percentile(x, 95), median, \
            percentile_cont, percentile_disc, stddev, stddev_pop.

            Conditions on seq, time, time_ns, device, kind, topic, metric and session (= < <= > >= IN, on metric also \
            GLOB and LIKE) decide what of the tape is read at all; EXPLAIN QUERY PLAN shows it.

            Columns of the same name get a number (`seq`, `seq_2`). JSON Lines say null, and give blobs as Base64.

            Exit codes: as for every query; 1 also after --timeout, 130 after Ctrl-C.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Argument(help: ArgumentHelp("The query; - reads it from standard input.", valueName: "sql"))
    var sql: String?

    @Option(help: "Read the query from this file.")
    var file: String?

    @Option(help: "Give up after this time: 30s, 5m.")
    var timeout: String?

    @Flag(help: "List the tables, their columns and types.")
    var tables = false

    @OptionGroup(title: "Output")
    var output: OutputFlags

    /// What SQLite may take for itself, bytes; sorting goes to files beyond a few of them.
    private static let heapLimit: Int64 = 40 << 20

    func validate() throws {
        guard [sql != nil, file != nil, tables].count(where: { $0 }) == 1 else {
            throw ValidationError(
                "Give the query as an argument, or --file FILE, or - for standard input, or --tables.")
        }
        if let timeout { _ = try Self.duration(timeout) }
    }

    func run() throws {
        try reportingFailures {
            OutputBuffer.ignoreBrokenPipes()
            let text = try query()
            let stop = StopWatch(timeout: try timeout.map(Self.duration))
            let reader = try TapeReader(path: tape)
            let question = try TapeQuestion(
                reader, Selection(), zone: .gmt, limit: output.limit, quiet: output.quiet)
            let source = TapeSource(reader) { stop.isDue }
            let database = try ReadOnlyDatabase(heapLimit: Self.heapLimit) { stop.isDue }
            try TapeTables.register(on: database.handle, source)
            let statement: ReadStatement
            do { statement = try database.prepare(text) } catch let error as SQLError { throw SQLFault(error) }
            if !tables, !statement.isExplanation { try question.warnOfLosses() }
            var answer = SQLAnswer(statement, Screen(output.format), question.times())
            do {
                try answer.write { output.isEnough($0) }
            } catch let error as SQLError where error.kind == .stopped {
                try answer.flush()
                guard stop.isOverTime else {
                    Notes.note("stopped after \(HumanFormat.count(answer.count, "row")); that is not the whole answer")
                    throw Outcome.interrupted
                }
                throw SQLTimeout(limit: timeout ?? "", rows: answer.count)
            }
            try question.finish(rows: answer.count, "row", hidden: answer.hiddenTitles, damages: source.damages)
        }
    }

    private func query() throws -> String {
        if tables { return Self.tablesQuery }
        if let file {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ValidationError("--file: \(file) cannot be read.")
            }
            return try Self.text(data, file)
        }
        guard let sql, sql == "-" else { return sql ?? "" }
        return try Self.text(try FileHandle.standardInput.readToEnd() ?? Data(), "standard input")
    }

    private static func text(_ data: Data, _ name: String) throws -> String {
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ValidationError("The query in \(name) is no UTF-8 text.")
        }
        return text
    }

    private static func duration(_ text: String) throws -> Int64 {
        do { return try DurationExpression.parse(text) } catch { throw ValidationError("--timeout: \(error)") }
    }

    private static let names = TapeTables.names.map { "\"\($0)\"" }.joined(separator: ",")

    private static let tablesQuery = """
        SELECT m.value AS "table", c.name AS "column", c.type FROM json_each('[\(names)]') AS m,
          pragma_table_xinfo(m.value) AS c WHERE c.hidden = 0
        """
}

/// Says when a query has to stop: after a signal, or when its time is up.
private final class StopWatch {
    private let clock = SystemTimeSource()
    private let deadline: Int64?
    /// Whether it was the time that ended it.
    private(set) var isOverTime = false

    /// Takes over SIGINT and SIGTERM.
    init(timeout: Int64?) {
        let now = clock.monotonic
        deadline = timeout.map { limit in
            let (sum, overflow) = now.addingReportingOverflow(limit)
            return overflow ? .max : sum
        }
        StopSignal.takeOver()
    }

    var isDue: Bool {
        if StopSignal.hasCome { return true }
        if let deadline, clock.monotonic > deadline { isOverTime = true }
        return isOverTime
    }
}

/// A query that took longer than it may.
private struct SQLTimeout: Error, CustomStringConvertible {
    var limit: String
    var rows: Int

    var description: String {
        "stopped after \(limit) (--timeout) and \(HumanFormat.count(rows, "row")): that is not the whole answer"
    }
}

/// SQL that cannot be understood, with what may have been meant.
private struct SQLFault: Error, CustomStringConvertible {
    let error: SQLError

    init(_ error: SQLError) {
        self.error = error
    }

    var description: String { "\(error)" + hint }

    private var hint: String {
        let columnWords = "no such column: "
        let tableWords = "no such table: "
        if error.message.hasPrefix(columnWords) {
            if error.place?.text.first == "\"" { return "; texts stand in single quotes" }
            // `t.column` names a column of a table.
            let name = error.message.dropFirst(columnWords.count).split(separator: ".").last.map(String.init) ?? ""
            return nearest(name, TapeTables.columnNames)
        }
        if error.message.hasPrefix(tableWords) {
            return nearest(String(error.message.dropFirst(tableWords.count)), Set(TapeTables.names))
        }
        return ""
    }

    private func nearest(_ name: String, _ candidates: Set<String>) -> String {
        let found = SimilarNames.nearest(to: name, in: candidates)
        if found.isEmpty { return "; --tables lists tables and columns" }
        return "; did you mean " + found.map { "`\($0)`" }.joined(separator: ", ") + "?"
    }
}
