import Tape

/// Reads a tape as often as it takes to go through all commands, so many lives at a time, so that memory hardly grows
/// with their number.
///
/// Nearly every tape is read once.
struct CommandSlices {
    /// Lives that are kept at a time.
    static let usualSize = 60_000

    private let tape: TapeReader
    private let selection: Selection
    private let readsTexts: Bool
    private let size: Int
    private var from = 0
    private var count = 1

    /// - Parameters:
    ///   - tape: the tape.
    ///   - selection: which messages make a command selected.
    ///   - readsTexts: whether what devices say for people is wanted.
    ///   - size: lives that are kept at a time.
    init(_ tape: TapeReader, _ selection: Selection, readsTexts: Bool, size: Int = usualSize) {
        self.tape = tape
        self.selection = selection
        self.readsTexts = readsTexts
        self.size = max(1, size)
    }

    /// The next commands in order of first sight; nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    mutating func next() throws(TapeError) -> CommandReader? {
        guard from < count else { return nil }
        var reader = CommandReader(selection, readsTexts: readsTexts, keeping: from..<from + size)
        try reader.read(tape)
        count = reader.tracker.count
        from += size
        return reader
    }
}
