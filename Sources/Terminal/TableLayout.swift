/// Which columns of a table are shown, and how wide.
struct TableLayout {
    /// Spaces between two columns.
    static let gap = 2
    /// How far a column without a widest width of its own is padded where there is no terminal.
    static let widestPadding = 40

    /// A width for each column, nil for one that is not shown.
    private(set) var widths: [Int?]

    private let columns: [TextTable.Column]

    /// Decides on the widths.
    ///
    /// A table that is too wide first narrows its columns in the order of their priority (of equals the widest). Where
    /// that does not suffice it leaves out the column with the lowest priority (of equals the rightmost) and begins
    /// again with the others, until one is left.
    ///
    /// - Parameters:
    ///   - columns: The columns.
    ///   - natural: The width of each column's widest cell.
    ///   - available: The terminal's width, nil where any width will do; the widths then only say how far to pad.
    init(columns: [TextTable.Column], natural: [Int], available: Int?) {
        self.columns = columns
        guard let available else {
            // One huge cell must not make every other row as wide as itself.
            widths = zip(columns, natural).map { min($1, max(1, $0.maximumWidth ?? Self.widestPadding)) }
            return
        }
        widths = natural
        var shown = Array(columns.indices)
        repeat {
            widths = columns.indices.map { index in
                shown.contains(index) ? min(natural[index], max(1, columns[index].maximumWidth ?? .max)) : nil
            }
            narrow(to: available)
            guard total > available, let last = shown.reversed().min(by: isLessImportant) else { return }
            if shown.count == 1 {
                widths[last] = max(1, available)
                return
            }
            shown.removeAll { $0 == last }
        } while true
    }

    private var total: Int {
        let shown = widths.compactMap(\.self)
        return shown.reduce(0, +) + Self.gap * max(0, shown.count - 1)
    }

    private func isLessImportant(_ left: Int, _ right: Int) -> Bool {
        columns[left].priority < columns[right].priority
    }

    private mutating func narrow(to available: Int) {
        for priority in Set(columns.map(\.priority)).sorted() {
            let group = columns.indices.filter { columns[$0].priority == priority }
            let floors = group.map { floor($0) }
            while total > available {
                let room = zip(group, floors).filter { (widths[$0] ?? 0) > $1 }
                guard let widest = room.max(by: { (widths[$0.0] ?? 0) < (widths[$1.0] ?? 0) }) else { break }
                widths[widest.0] = (widths[widest.0] ?? 1) - 1
            }
        }
    }

    /// The narrowest a column may become; 0 for one that is not shown.
    private func floor(_ index: Int) -> Int {
        let width = widths[index] ?? 0
        return min(width, max(1, columns[index].minimumWidth ?? (columns[index].alignment == .leading ? 8 : width)))
    }
}
