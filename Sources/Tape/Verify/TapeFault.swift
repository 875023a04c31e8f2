/// What can be wrong with a tape.
public enum TapeCheck: String, Sendable, CaseIterable {
    /// SQLite's own look at its pages and indexes.
    case pages
    /// What was just recorded: every batch is restored and every message read.
    case journal
    /// What was sealed: every checksum, every message, and what the segment's row says about them.
    case segments
    /// Topics, templates and strings that segments refer to.
    case dictionary
    /// Every sequence number once, none missing.
    case numbering
    /// Sessions, clocks and counts against what was found.
    case catalogue
}

/// Something that is wrong with a tape.
public struct TapeFault: Sendable, Hashable {
    /// What found it.
    public var check: TapeCheck
    /// The first message that it is about; nil where it is about none.
    public var firstSequence: Int64?
    /// The last message that it is about.
    public var lastSequence: Int64?
    /// What is wrong, for a person.
    public var text: String

    /// Makes a fault.
    public init(_ check: TapeCheck, _ text: String, from first: Int64? = nil, through last: Int64? = nil) {
        self.check = check
        self.text = text
        firstSequence = first
        lastSequence = last ?? first
    }
}

/// How a verification ended.
public struct VerifyReport: Sendable {
    /// One check.
    public struct Line: Sendable {
        /// Which.
        public var check: TapeCheck
        /// How many things were looked at: batches, segments, entries, messages, rows; of the pages, how many there are.
        public var examined: Int64 = 0
        /// How many faults it found.
        public var faults: Int64 = 0
    }

    /// The checks, in order.
    public var lines: [Line] = TapeCheck.allCases.map { Line(check: $0) }
    /// Messages that were read.
    public var messages: Int64 = 0
    /// Bytes of their topics, properties and payloads.
    public var bytes: Int64 = 0

    /// Faults of all checks.
    public var faults: Int64 { lines.reduce(0) { $0 + $1.faults } }

    mutating func examined(_ check: TapeCheck, _ count: Int64 = 1) {
        for index in lines.indices where lines[index].check == check { lines[index].examined += count }
    }

    mutating func count(_ fault: TapeFault) {
        for index in lines.indices where lines[index].check == fault.check { lines[index].faults += 1 }
    }
}
