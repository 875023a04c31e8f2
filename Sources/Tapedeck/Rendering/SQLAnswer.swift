import Foundation
import JSONScan
import SQLite
import Tape
import Terminal

/// Writes the rows of an SQL query, whose columns are known only when it is asked.
struct SQLAnswer {
    private let statement: ReadStatement
    private let screen: Screen
    private let times: TableTime
    private var printer: RowPrinter?
    private let clock = SystemTimeSource()

    init(_ statement: ReadStatement, _ screen: Screen, _ times: TableTime) {
        self.statement = statement
        self.screen = screen
        self.times = times
    }

    /// Rows written.
    var count: Int { printer?.count ?? 0 }

    /// The columns that the terminal has no room for.
    var hiddenTitles: [String] { printer?.hiddenTitles ?? [] }

    /// Writes the rows, each as soon as it is there.
    ///
    /// - Parameter isEnough: whether that many rows are all that is wanted.
    /// - Throws: ``SQLError``, ``OutputClosed`` or ``OutputFailure``.
    mutating func write(until isEnough: (Int) -> Bool) throws {
        let indices = 0..<statement.columnCount
        var isMore = try statement.step()
        let first = isMore ? indices.map { statement.value(of: $0) } : []
        printer = try RowPrinter(columns(first), screen, times: times, output: OutputBuffer(descriptor: 1))
        var flushed = clock.monotonic
        while isMore, !isEnough(count) {
            let row = indices.map { output(statement.value(of: $0)) }
            try printer?.write(row)
            // A slow query shows what it has; a table shall see more rows before it chooses its widths.
            if screen.format != .table, count == 1 || clock.monotonic &- flushed > Self.pause {
                try printer?.flush()
                flushed = clock.monotonic
            }
            isMore = try statement.step()
        }
        try printer?.flush()
    }

    /// Writes out what is held back.
    mutating func flush() throws {
        try printer?.flush()
    }

    /// Between two looks at what is held back, ns.
    private static let pause: Int64 = 250_000_000

    /// The columns, numbers to the right as far as the first row tells; the first ones are kept longest.
    private func columns(_ first: [SQLValue]) -> [OutputColumn] {
        Self.distinct((0..<statement.columnCount).map { statement.name(of: $0) }).enumerated().map { index, name in
            let isNumber =
                switch first.indices.contains(index) ? first[index] : .null {
                case .integer, .real: true
                case .null, .text, .blob: false
                }
            return OutputColumn(name, isNumber ? .trailing : .leading, priority: statement.columnCount - index)
        }
    }

    /// Names that differ: a repeated one gets a number.
    static func distinct(_ names: [String]) -> [String] {
        let given = Set(names.map { Array($0.utf8) })
        var used: Set<[UInt8]> = []
        return names.map { name in
            if used.insert(Array(name.utf8)).inserted { return name }
            var number = 2
            while true {
                let candidate = "\(name)_\(number)"
                let bytes = Array(candidate.utf8)
                if !given.contains(bytes), used.insert(bytes).inserted { return candidate }
                number += 1
            }
        }
    }

    private func output(_ value: SQLValue) -> OutputValue {
        switch value {
        case .null: return screen.format == .jsonl ? .json(.null) : .absent
        // A table of SQL shows numbers as they are: many stand for ids and times.
        case .integer(let value): return .shown(.integer(value), as: TextTable.Cell(String(value)))
        case .real(let value):
            guard value.isFinite else {
                return screen.format == .jsonl ? .json(.null) : .text(value < 0 ? "-Inf" : "Inf")
            }
            return .number(value)
        case .text(let text): return .text(text)
        case .blob(let bytes): return .text(Base64Text.encode(bytes.span))
        }
    }
}
