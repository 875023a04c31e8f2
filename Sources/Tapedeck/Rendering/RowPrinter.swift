import Terminal

/// Writes the rows of an answer in one of the formats, each at once.
struct RowPrinter {
    private enum Form {
        case table(TextTable)
        case jsonl(JSONLine)
        case delimited(DelimitedRow)
    }

    private let columns: [OutputColumn]
    /// `"key":` of each column.
    private let keys: [[UInt8]]
    private let shown: [Int]
    private let times: TableTime
    private let isNarrow: Bool
    private let glyphs: Glyphs
    private let output: OutputBuffer
    private var form: Form

    /// Rows written.
    private(set) var count = 0

    /// Begins an answer; CSV and TSV get their header.
    ///
    /// - Parameters:
    ///   - columns: the values of each row, in order.
    ///   - screen: format, width and colours.
    ///   - times: how the table shows instants.
    ///   - output: where the rows go.
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    init(_ columns: [OutputColumn], _ screen: Screen, times: TableTime, output: OutputBuffer) throws {
        self.columns = columns
        self.times = times
        isNarrow = screen.isNarrow
        glyphs = screen.glyphs
        self.output = output
        keys = columns.map { column in
            var key = JSONLine()
            key.append(text: column.key)
            key.append(":")
            return key.bytes
        }
        shown = columns.indices.filter { columns[$0].table != nil }
        switch screen.format {
        case .jsonl: form = .jsonl(JSONLine())
        case .csv, .tsv:
            var header = DelimitedRow(screen.format == .csv ? .csv : .tsv)
            for column in columns { header.append(column.key) }
            try header.write(to: output)
            form = .delimited(header)
        case .table:
            form = .table(
                TextTable(
                    columns: columns.compactMap(\.table), width: screen.width, style: screen.style,
                    glyphs: screen.glyphs, output: output))
        }
    }

    /// The columns that the terminal has no room for; known once rows were written out.
    var hiddenTitles: [String] {
        if case .table(let table) = form { table.hiddenTitles } else { [] }
    }

    /// Writes a row.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func write(_ values: [OutputValue]) throws {
        count += 1
        switch form {
        case .jsonl(var line):
            // The copy in `form` would make the line copy its buffer.
            form = .jsonl(JSONLine())
            line.removeAll()
            writeJSON(values, &line)
            try output.append(bytes: line.bytes)
            form = .jsonl(line)
        case .delimited(var row):
            for value in values { row.append(value.field) }
            try row.write(to: output)
        case .table(var table):
            form = .delimited(DelimitedRow(.tsv))
            defer { form = .table(table) }
            try table.append(shown.map { values[$0].cell(times, isNarrow: isNarrow, glyphs: glyphs) })
        }
    }

    /// Writes out what is held back, at a pause or at the end; a table without rows gets no header.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func flush() throws {
        if case .table(var table) = form, count > 0 {
            try table.finish()
            form = .table(table)
        }
        try output.flush()
    }

    private func writeJSON(_ values: [OutputValue], _ line: inout JSONLine) {
        line.append("{")
        var isFirst = true
        for (key, value) in zip(keys, values) {
            if value.isAbsent { continue }
            if !isFirst { line.append(",") }
            isFirst = false
            line.append(key)
            value.write(to: &line)
        }
        line.append("}\n")
    }
}
