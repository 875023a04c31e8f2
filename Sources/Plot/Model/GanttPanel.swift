/// Work with a beginning and an end: a row for each piece.
public struct GanttPanel: Sendable {
    /// A part of the work.
    public struct Phase: Sendable, Hashable {
        /// What was going on, such as `pending`.
        ///
        /// The same word has the same colour everywhere in a chart.
        public var word: String
        /// When it began, ns since the Unix epoch.
        public var start: Int64
        /// When it was over, ns since the Unix epoch; nil while it goes on.
        public var end: Int64?

        /// A part of the work and when it was done (ns since the Unix epoch).
        public init(word: String, start: Int64, end: Int64?) {
            self.word = word
            self.start = start
            self.end = end
        }
    }

    /// Something that took no time.
    public struct Event: Sendable, Hashable {
        /// The instant, ns since the Unix epoch.
        public var time: Int64
        /// What happened, such as `redelivered`.
        ///
        /// The same word has the same sign everywhere in a chart.
        public var word: String

        /// Something that happened at an instant (ns since the Unix epoch).
        public init(time: Int64, word: String) {
            self.time = time
            self.word = word
        }
    }

    /// One piece of work.
    public struct Row: Sendable {
        /// The piece of work.
        public var label: String
        /// Its parts in order of time.
        public var phases: [Phase]
        /// What happened to it besides.
        public var events: [Event]

        /// A piece of work.
        public init(label: String, phases: [Phase], events: [Event] = []) {
            self.label = label
            self.phases = phases
            self.events = events
        }
    }

    /// What the work is; may be empty.
    public var title: String
    /// The pieces from top to bottom.
    public var rows: [Row]
    /// How many rows are drawn at most; a sentence says how many are left out.
    public var maximumRows: Int
    /// What several rows are called in that sentence, such as `commands`.
    public var noun: String

    /// Rows of work.
    public init(title: String = "", rows: [Row], maximumRows: Int = 40, noun: String = "rows") {
        self.title = title
        self.rows = rows
        self.maximumRows = maximumRows
        self.noun = noun
    }
}
