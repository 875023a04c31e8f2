public import DeviceProtocol
public import Tape

/// The question for what is odd about messages: a report on how devices and cloud keep to what is documented.
///
/// A message counts once for each finding that it has (``DeviceProtocol/Finding``), under the device of its topic.
/// Redeliveries are left out. The row's sentence and sequence are those of the first message.
public struct FindingsQuery: Sendable {
    /// Which messages; its devices are those of topics.
    public var selection: Selection
    /// Patterns, one of which the code must fit; none for all.
    public var codes: [Glob] = []

    /// Asks for all findings of the selected messages.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader) throws(TapeError) -> FindingsAnswer {
        var collector = FindingCollector(selection)
        try collector.read(tape)
        let rows = collector.report.inOrder.filter { row in
            codes.isEmpty || codes.contains { $0.matches(row.code) }
        }
        return FindingsAnswer(
            rows: rows, messages: collector.messages, dropped: collector.report.dropped,
            duplicates: collector.duplicates, damages: collector.damages)
    }
}

/// What is odd about messages.
public struct FindingsAnswer: Sendable {
    /// By device, the most frequent first.
    public var rows: [FindingRow]
    /// Messages that were looked at.
    public var messages: Int
    /// Findings that are in no row because there were too many rows.
    public var dropped: Int
    /// Redeliveries of recorded packets that were left out.
    public var duplicates: Int
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]
}
