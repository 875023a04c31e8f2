public import Tape

/// Reads the selected messages of a tape for a query, and goes on with what is added while the tape is being recorded.
public struct MessageScan: GrowingScan {
    /// Messages read so far, redeliveries that were left out not counted.
    public private(set) var messages = 0
    /// Messages left out because they are redeliveries of others on the tape.
    public private(set) var duplicates = 0

    private let selection: Selection
    private let leavesOutDuplicates: Bool
    private var tape: TapeReader?
    private var cursor: MessageCursor?
    private var last: Int64 = 0
    private var earlierDamages: [TapeError] = []

    /// Begins with the first selected message.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - selection: which messages.
    ///   - leavesOutDuplicates: whether redeliveries are only counted.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public init(_ tape: TapeReader, _ selection: Selection, leavesOutDuplicates: Bool) throws(TapeError) {
        var selection = selection
        // Left out here, so that they can be counted.
        selection.includesDuplicates = true
        self.selection = selection
        self.leavesOutDuplicates = leavesOutDuplicates
        self.tape = tape
        cursor = try tape.messages(selection)
    }

    /// Parts of the tape that could not be read, as far as the scan has come.
    public var damages: [TapeError] { earlierDamages + (cursor?.damages ?? []) }

    /// The next message in order of arrival; nil at the end of what the tape held when its view was taken.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> RecordedMessage? {
        guard let cursor else { return nil }
        while let message = try cursor.next() {
            last = message.sequence
            guard leavesOutDuplicates, message.duplicateOf != nil else {
                messages += 1
                return message
            }
            duplicates += 1
        }
        return nil
    }

    /// Lets go of the tape at the end of its view, so that the reader may move on or be opened anew.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public mutating func suspend() throws(TapeError) {
        guard let tape else { return }
        // Everything up to the end of the view has been looked at, also where the last messages were not selected; a
        // batch that is damaged is not read a second time either.
        last = max(last, try tape.lastSequence())
        earlierDamages = damages
        cursor = nil
        self.tape = nil
    }

    /// Goes on behind the last message that was there before.
    ///
    /// - Parameter tape: the same tape in a newer view.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public mutating func resume(on tape: TapeReader) throws(TapeError) {
        self.tape = tape
        cursor = try tape.messages(selection, after: last)
    }
}
