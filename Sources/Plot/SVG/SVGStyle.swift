/// The style sheet of a drawing: class names begin with `td-` and hold only inside of `.td-plot`, so that several
/// drawings and a page's own styles do not meet.
enum SVGStyle {
    /// The class of what is filled or drawn, and whether it is a stroke.
    static func name(_ paint: Scene.Paint) -> String {
        switch paint {
        case .background: "td-bg"
        case .axis: "td-axis"
        case .grid: "td-grid"
        case .gap: "td-gap"
        case .mark: "td-mark"
        case .series(let number): "td-s\(number % Colours.series.count)"
        case .reach(let number): "td-r\(number % Colours.series.count)"
        case .state(let number): "td-v\(number % Colours.states.count)"
        case .several: "td-many"
        case .event: "td-event"
        }
    }

    static func name(_ ink: Scene.Ink) -> String {
        switch ink {
        case .plain: "td-t"
        case .muted: "td-t td-muted"
        case .strong: "td-t td-strong"
        case .inside: "td-t td-in"
        }
    }

    static let sheet = """
        .td-plot{font:11px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .td-plot .td-t{white-space:pre;stroke:none}
        .td-plot .td-strong{font-weight:bold}
        .td-plot .td-l{fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
        .td-plot .td-l.td-axis,.td-plot .td-l.td-grid{stroke-width:1}
        .td-plot .td-l.td-mark{stroke-dasharray:4 3}
        \(rules(dark: false))
        @media (prefers-color-scheme:dark){
        \(rules(dark: true))
        }
        @media print{
        \(rules(dark: false))
        .td-plot{print-color-adjust:exact}
        }
        """

    private static func rules(dark: Bool) -> String {
        func rule(_ paint: Scene.Paint) -> String {
            let colour = Colours.of(paint, dark: dark)
            let name = name(paint)
            // The page's background shows through where a drawing is part of one.
            let opacity = colour.opacity < 1 ? ";fill-opacity:\(colour.opacity)" : ""
            return
                ".td-plot .\(name){fill:\(colour.hex)\(opacity)}.td-plot .td-l.\(name){fill:none;stroke:\(colour.hex)}"
        }
        func rule(_ ink: Scene.Ink) -> String {
            let classes = name(ink).split(separator: " ").map { "." + $0 }.joined()
            return ".td-plot \(classes){fill:\(Colours.of(ink, dark: dark).hex)}"
        }
        var rules = [Scene.Paint.background, .axis, .grid, .gap, .mark, .several, .event].map { rule($0) }
        for number in Colours.series.indices { rules += [rule(.series(number)), rule(.reach(number))] }
        for number in Colours.states.indices { rules.append(rule(.state(number))) }
        rules += [Scene.Ink.plain, .muted, .strong, .inside].map { rule($0) }
        return rules.joined(separator: "\n")
    }
}
