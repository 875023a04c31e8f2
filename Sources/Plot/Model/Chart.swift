/// What is to be drawn: one window of time and, below each other, the panels that share its axis.
///
/// A chart knows neither colours nor sizes; ``TerminalPlot``, ``SVGPlot`` and ``PNGPlot`` draw the same chart. Its texts
/// may hold anything: each renderer makes them harmless.
public struct Chart: Sendable {
    /// One of the drawings of a chart.
    public enum Panel: Sendable {
        /// Numbers over time.
        case lines(LinePanel)
        /// States over time, a row for each thing that has one.
        case lanes(LanePanel)
        /// Work with a beginning and an end, a row for each piece.
        case gantt(GanttPanel)
    }

    /// A vertical line through all panels.
    public struct Mark: Sendable, Hashable {
        /// The instant, ns since the Unix epoch.
        public var time: Int64
        /// What happened then, such as `14:05 reported`.
        public var label: String

        /// A line at an instant (ns since the Unix epoch).
        public init(time: Int64, label: String) {
            self.time = time
            self.label = label
        }
    }

    /// What stands instead of the drawing in a panel that has none.
    public static let emptySentence = "no values in this window"

    /// The heading; an empty one takes no room.
    public var title: String
    /// The time that is drawn, ns since the Unix epoch, half-open.
    public var window: Range<Int64>
    /// How instants are written under the axis.
    public var timeLabels: TimeLabels
    /// The drawings from top to bottom.
    public var panels: [Panel]
    /// Lines through all panels; those outside the window are left out.
    public var marks: [Mark]
    /// Times that nobody recorded, ns since the Unix epoch, half-open, in any order: shaded, and never bridged by a
    /// line.
    public var gaps: [Range<Int64>]
    /// What the legend calls the shaded times.
    public var gapWord: String

    /// A chart of one window of time (ns since the Unix epoch, half-open).
    public init(
        title: String, window: Range<Int64>, timeLabels: TimeLabels = .utc, panels: [Panel], marks: [Mark] = [],
        gaps: [Range<Int64>] = [], gapWord: String = "not recorded"
    ) {
        self.title = title
        self.window = window
        self.timeLabels = timeLabels
        self.panels = panels
        self.marks = marks
        self.gaps = gaps
        self.gapWord = gapWord
    }
}
