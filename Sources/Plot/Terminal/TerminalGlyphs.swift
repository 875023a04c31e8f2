/// The signs that a chart on a terminal is made of, each one column wide.
struct TerminalGlyphs {
    let horizontal: String
    let vertical: String
    let tickDown: String
    let tickLeft: String
    let corner: String
    let mark: String
    let gap: String
    let reach: String
    let several: String
    let open: String
    private let series: [String]
    private let states: [String]
    private let events: [String]

    /// The sign of a series; it stands on its line and in the legend.
    func series(_ number: Int) -> String { series[number % series.count] }
    /// What the blocks of a state are filled with; letters when the patterns are used up.
    func state(_ number: Int) -> String {
        if number < states.count { return states[number] }
        return String(Character(Unicode.Scalar(UInt8(65 + (number - states.count) % 26))))
    }
    /// The sign of a kind of event.
    func event(_ number: Int) -> String { events[number % events.count] }

    func sample(_ sample: Sample) -> (glyph: String, ink: CellGrid.Ink) {
        switch sample {
        case .series(let number): (series(number), .colour(number))
        case .reach(let number): (reach, .colour(number))
        case .state(let number): (state(number), .colour(number))
        case .several: (several, .strong)
        case .event(let number): (event(number), .strong)
        case .gap: (gap, .dim)
        }
    }

    static let unicode = TerminalGlyphs(
        horizontal: "─", vertical: "│", tickDown: "┬", tickLeft: "┤", corner: "└", mark: "┊", gap: "░", reach: "⢕",
        several: "╳", open: "▶", series: ["●", "▲", "■", "◆", "○", "△", "□", "◇"],
        states: ["█", "▒", "▓", "▄", "▀", "▚", "▌", "▞"], events: ["◆", "●", "▲", "■"])

    static let ascii = TerminalGlyphs(
        horizontal: "-", vertical: "|", tickDown: "+", tickLeft: "+", corner: "+", mark: "!", gap: ".", reach: ":",
        several: "*", open: ">", series: ["*", "+", "x", "o", "#", "@", "%", "&"],
        states: ["#", "=", "-", "+", "%", "o", "~", "&"], events: ["^", "@", "x", "$"])
}
