/// A table for people, written row by row.
///
/// The first rows (200, or fewer when they come to 1 MiB) are held back to see how wide the columns must be; from then
/// on every row goes out at once, so a table of any length takes the same memory. On a terminal (`width` given) cells
/// are cut to fit it. Elsewhere nothing is ever cut, and no column is padded beyond its ``Column/maximumWidth`` (40
/// where it has none): a longer cell, or a late one, only pushes its own row out of line. All cells go through
/// ``DisplayText``.
public struct TextTable {
    /// A cell: a text and how to paint it.
    public struct Cell: Sendable, Hashable, ExpressibleByStringLiteral {
        /// The text, of any origin.
        public var text: String
        /// How it is painted.
        public var role: Style.Role?

        /// A cell of a text.
        public init(_ text: String, _ role: Style.Role? = nil) {
            self.text = text
            self.role = role
        }

        /// A cell of a literal text.
        public init(stringLiteral text: String) {
            self.init(text)
        }
    }

    /// The rows that are looked at before the first one is written, unless told otherwise.
    public static let defaultSampleSize = 200

    /// The titles of the columns that did not fit the terminal and were left out; final once a row was written.
    public private(set) var hiddenTitles: [String] = []

    private enum State {
        case sampling([[Fragment]])
        case streaming([Slot])
    }

    private struct Fragment {
        var text: DisplayText
        var role: Style.Role?
    }

    /// A column that is shown.
    private struct Slot {
        var index: Int
        var width: Int
        var alignment: Column.Alignment
    }

    private let columns: [Column]
    private let width: Int?
    private let style: Style
    private let glyphs: Glyphs
    private let sampleSize: Int
    private let output: OutputBuffer
    private var state = State.sampling([])
    private var sampledBytes = 0
    private static let sampledBytesLimit = 1 << 20

    /// A table that is written to `output`.
    ///
    /// - Parameters:
    ///   - columns: What to show, from left to right.
    ///   - width: The terminal's columns, nil when the output is no terminal.
    ///   - style: Whether to use colours.
    ///   - glyphs: The characters that may be added.
    ///   - sampleSize: How many rows decide on the widths.
    ///   - output: Where the table goes. It is not flushed.
    public init(
        columns: [Column], width: Int?, style: Style = .plain, glyphs: Glyphs = .unicode,
        sampleSize: Int = defaultSampleSize, output: OutputBuffer
    ) {
        self.columns = columns
        self.width = width
        self.style = style
        self.glyphs = glyphs
        self.sampleSize = sampleSize
        self.output = output
    }

    /// Adds a row; missing cells are empty, and those beyond the last column are dropped.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    public mutating func append(_ row: [Cell]) throws {
        let fragments = row.prefix(columns.count).map { fragment($0) }
        switch state {
        case .streaming(let slots): try write(fragments, slots)
        case .sampling(var rows):
            // The copy in `state` would make the append below copy all rows.
            state = .sampling([])
            rows.append(fragments)
            state = .sampling(rows)
            sampledBytes += fragments.reduce(0) { $0 + $1.text.text.utf8.count }
            if rows.count >= sampleSize || sampledBytes >= Self.sampledBytesLimit { try startStreaming() }
        }
    }

    /// Writes what is still held back: at least the titles, also of a table without rows.
    ///
    /// Call it after a pause in the rows too: what comes later is then written at once.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    public mutating func finish() throws {
        try startStreaming()
    }

    /// No cell can be wider than the terminal, so the rest of a long one need not be kept.
    private func fragment(_ cell: Cell) -> Fragment {
        let text = DisplayText(cell.text, glyphs: glyphs)
        return Fragment(text: width.map { text.cut(to: $0, glyphs: glyphs) } ?? text, role: cell.role)
    }

    private mutating func startStreaming() throws {
        guard case .sampling(let rows) = state else { return }
        let titles = columns.map { fragment(Cell($0.title, .heading)) }
        let natural = columns.indices.map { index in
            rows.reduce(titles[index].text.width) { widest, row in
                max(widest, index < row.count ? row[index].text.width : 0)
            }
        }
        let widths = TableLayout(columns: columns, natural: natural, available: width).widths
        let slots = columns.indices.compactMap { index in
            widths[index].map { Slot(index: index, width: $0, alignment: columns[index].alignment) }
        }
        hiddenTitles = columns.indices.filter { widths[$0] == nil }.map { columns[$0].title }
        state = .streaming(slots)
        try write(titles, slots)
        for row in rows { try write(row, slots) }
    }

    private func write(_ row: [Fragment], _ slots: [Slot]) throws {
        var line = ""
        // Spaces are written only in front of something, so that no line ends in white space.
        var owed = 0
        for (position, slot) in slots.enumerated() {
            if position > 0 { owed += TableLayout.gap }
            let fragment = slot.index < row.count ? row[slot.index] : Fragment(text: DisplayText(""))
            let text = width == nil ? fragment.text : fragment.text.cut(to: slot.width, glyphs: glyphs)
            let padding = max(0, slot.width - text.width)
            if slot.alignment == .trailing { owed += padding }
            if !text.text.isEmpty {
                line += String(repeating: " ", count: owed) + style.paint(text.text, fragment.role)
                owed = 0
            }
            if slot.alignment == .leading { owed += padding }
        }
        try output.append(line + "\n")
    }
}
