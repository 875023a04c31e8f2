/// States over time: a row for each thing that has one.
public struct LanePanel: Sendable {
    /// A state that held for a while.
    public struct Interval: Sendable, Hashable {
        /// When it held, ns since the Unix epoch, half-open.
        public var range: Range<Int64>
        /// The state.
        ///
        /// The same text has the same colour everywhere in a chart.
        public var value: String

        /// A state and when it held (ns since the Unix epoch).
        public init(range: Range<Int64>, value: String) {
            self.range = range
            self.value = value
        }
    }

    /// One thing and its states.
    public struct Lane: Sendable {
        /// The thing.
        public var name: String
        /// Its states in order of time; where two overlap, the later one is seen.
        public var intervals: [Interval]

        /// A thing and its states.
        public init(name: String, intervals: [Interval]) {
            self.name = name
            self.intervals = intervals
        }
    }

    /// What the states are; may be empty.
    public var title: String
    /// The rows from top to bottom.
    public var lanes: [Lane]

    /// Rows of states.
    public init(title: String = "", lanes: [Lane]) {
        self.title = title
        self.lanes = lanes
    }
}
