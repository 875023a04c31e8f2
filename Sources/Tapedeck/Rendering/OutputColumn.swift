import Terminal

/// A value that every row of an answer may have: its name in the machine formats and its place in the table.
struct OutputColumn {
    /// The JSON key, and the header of CSV and TSV.
    let key: String
    /// How the table shows it; nil where the table leaves it out.
    let table: TextTable.Column?

    /// A column that the table shows too, under its key unless another title is given.
    init(
        _ key: String, title: String? = nil, _ alignment: TextTable.Column.Alignment = .leading,
        minimumWidth: Int? = nil, maximumWidth: Int? = nil, priority: Int
    ) {
        self.key = key
        table = TextTable.Column(
            title ?? key, alignment, minimumWidth: minimumWidth, maximumWidth: maximumWidth, priority: priority)
    }

    /// A column of the machine formats only.
    init(machineOnly key: String) {
        self.key = key
        table = nil
    }

    /// The same column, not shown in the table.
    var withoutTable: OutputColumn { OutputColumn(machineOnly: key) }
}
