import Terminal

/// The sizes that a renderer lays a chart out with, in its own units: columns and lines of a terminal, or pixels.
struct Metrics {
    /// The height of a line of text.
    let line: Int
    /// The height of a row of states.
    let row: Int
    /// The width of a column of text.
    let advance: Double
    /// The room that stays free between the parts of a chart.
    let spacing: Int
    /// The height of the axis of time without its labels.
    let axis: Int
    /// The width of a legend's sample, with the room behind it.
    let sample: Int
    /// The room between two labels.
    let labelSpacing: Double
    /// The characters that may be shown.
    let glyphs: Glyphs
    /// How many columns of data one unit can show.
    let resolution: Int

    /// How many units a text is wide.
    func width(_ text: DisplayText) -> Int {
        Int(ceiling: Double(text.width) * advance)
    }

    /// The part of a text that so many units hold.
    func cut(_ text: DisplayText, to units: Int) -> DisplayText {
        text.cut(to: max(0, Int(Double(units) / advance)), glyphs: glyphs)
    }

    /// Any text as it may be shown.
    func plain(_ text: String) -> DisplayText {
        DisplayText(label: text, glyphs: glyphs)
    }
}
