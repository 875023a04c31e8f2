extension TextTable {
    /// What is known about a column before its first cell.
    public struct Column: Sendable, Hashable {
        /// The side on which cells line up.
        public enum Alignment: Sendable, Hashable {
            /// Left, for text.
            case leading
            /// Right, for numbers.
            case trailing
        }

        /// The text above the column.
        public var title: String
        /// The side on which cells line up.
        public var alignment: Alignment
        /// The narrowest it may become on a terminal, in columns of the terminal.
        ///
        /// Nil: eight, and for a trailing column its full width, because a number cut short is another number.
        public var minimumWidth: Int?
        /// The widest it may become on a terminal, and the furthest it is padded elsewhere, in columns of the terminal.
        public var maximumWidth: Int?
        /// Who gives way first when the terminal is too narrow: the column with the lowest value.
        public var priority: Int

        /// Describes a column.
        public init(
            _ title: String, _ alignment: Alignment = .leading, minimumWidth: Int? = nil, maximumWidth: Int? = nil,
            priority: Int = 0
        ) {
            self.title = title
            self.alignment = alignment
            self.minimumWidth = minimumWidth
            self.maximumWidth = maximumWidth
            self.priority = priority
        }
    }
}
