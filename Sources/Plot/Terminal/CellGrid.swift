import Terminal

/// The screen that a chart is drawn on: a column and a line for each cell.
struct CellGrid {
    /// How a cell is written; meaning never rests on it alone.
    enum Ink: Hashable {
        case plain
        case dim
        case strong
        case colour(Int)

        /// Parameters of Select Graphic Rendition (ECMA-48 §8.3.117).
        ///
        /// Only the six hues of the eight colours that every
        /// terminal lets its owner choose: black and white vanish on one background or the other.
        var rendition: String? {
            switch self {
            case .plain: nil
            case .dim: "2"
            case .strong: "1"
            case .colour(let number): ["36", "35", "32", "33", "34", "31"][number % 6]
            }
        }
    }

    private struct Cell {
        var text: Substring = " "
        var ink = Ink.plain
    }

    let width: Int
    let height: Int
    private var cells: [Cell]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        cells = Array(repeating: Cell(), count: width * height)
    }

    /// Draws one character that is one column wide; outside of the grid nothing happens.
    mutating func put(_ glyph: String, _ x: Int, _ y: Int, _ ink: Ink) {
        guard contains(x, y) else { return }
        replace(x, y, Cell(text: Substring(glyph), ink: ink))
    }

    /// Writes a text as far as the grid is wide.
    mutating func write(_ text: DisplayText, _ x: Int, _ y: Int, _ ink: Ink = .plain) {
        var x = x
        for character in text.text {
            let columns = DisplayWidth.of(character)
            guard contains(x, y), x + columns <= width else { return }
            replace(x, y, Cell(text: Substring(String(character)), ink: ink))
            if columns == 2 {
                replace(x + 1, y, Cell(ink: ink))
                cells[y * width + x + 1].text = ""
            }
            x += max(1, columns)
        }
    }

    /// The lines from top to bottom, without blanks at their ends.
    func lines(color: Bool) -> [String] {
        (0..<height).map { y in
            var row = cells[y * width..<(y + 1) * width]
            while let last = row.last, last.text == " " { row.removeLast() }
            var line = ""
            var ink = Ink.plain
            for cell in row {
                if color, cell.ink != ink, cell.text != " " {
                    if ink != .plain { line += "\u{1b}[0m" }
                    if let rendition = cell.ink.rendition { line += "\u{1b}[\(rendition)m" }
                    ink = cell.ink
                }
                line += cell.text
            }
            return ink == .plain ? line : line + "\u{1b}[0m"
        }
    }

    /// Sets a cell; of a wide character, whose second cell is empty, nothing stays when one half goes.
    private mutating func replace(_ x: Int, _ y: Int, _ cell: Cell) {
        let index = y * width + x
        if cells[index].text.isEmpty, x > 0 { cells[index - 1].text = " " }
        if x + 1 < width, cells[index + 1].text.isEmpty { cells[index + 1].text = " " }
        cells[index] = cell
    }

    private func contains(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < width && y < height
    }
}
