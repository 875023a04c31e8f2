import Terminal

extension OutputFlags {
    /// Writes as many of some rows to standard output as are wanted.
    ///
    /// - Parameters:
    ///   - rows: the rows.
    ///   - columns: their columns.
    ///   - times: how a table shows instants.
    ///   - values: the values of a row, in the order of the columns.
    /// - Returns: what wrote them, which knows how many there were.
    /// - Throws: what writing throws.
    func write<Row>(
        _ rows: [Row], _ columns: [OutputColumn], times: TableTime, _ values: (Row) -> [OutputValue]
    ) throws -> RowPrinter {
        var printer = try RowPrinter(columns, Screen(format), times: times, output: OutputBuffer(descriptor: 1))
        for row in rows where !isEnough(printer.count) { try printer.write(values(row)) }
        try printer.flush()
        return printer
    }
}
