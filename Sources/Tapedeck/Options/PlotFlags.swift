import ArgumentParser

/// How an answer is drawn instead of written.
struct PlotFlags: ParsableArguments {
    @Flag(help: "Draw the answer in the terminal instead of writing rows.")
    var plot = false

    @Option(help: ArgumentHelp("Draw the answer as an SVG image.", valueName: "file"))
    var svg: String?

    @Option(help: ArgumentHelp("Draw the answer as a PNG image.", valueName: "file"))
    var png: String?

    @Flag(help: "Replace image files that are there.")
    var force = false

    /// Whether anything is to be drawn; then no rows are written.
    var isWanted: Bool { plot || svg != nil || png != nil }
}
