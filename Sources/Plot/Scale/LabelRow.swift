import Terminal

/// A label and where it stands, in units of its row.
struct PlacedLabel {
    let text: DisplayText
    let start: Int
    let end: Int
}

/// A row of labels that never touch each other.
struct LabelRow {
    private let bounds: Range<Int>
    private let spacing: Int
    private var taken: [Range<Int>] = []

    init(width: Int, spacing: Int) {
        bounds = 0..<max(0, width)
        self.spacing = spacing
    }

    /// Puts a label around a centre, moved as far as the row's ends ask for; nil where no room is left.
    mutating func place(_ text: DisplayText, width: Int, centre: Int) -> PlacedLabel? {
        guard width > 0, width <= bounds.count else { return nil }
        let start = max(0, min(centre - width / 2, bounds.upperBound - width))
        let wanted = start - spacing..<start + width + spacing
        guard !taken.contains(where: { $0.overlaps(wanted) }) else { return nil }
        taken.append(start..<start + width)
        return PlacedLabel(text: text, start: start, end: start + width)
    }
}
