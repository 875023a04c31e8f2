import DeviceProtocol
public import Tape

/// The lives of commands, one after the other, in order of first sight.
public struct CommandStream {
    /// Selected messages on command topics that hold neither a command nor an update.
    public private(set) var unreadable = 0
    /// Redeliveries of recorded packets that were left out.
    public private(set) var duplicates = 0
    /// Parts of the tape that could not be read.
    public private(set) var damages: [TapeError] = []
    /// Commands so far that were first seen before the window; their rows tell their lives from there.
    public private(set) var beganBefore = 0

    private let query: CommandsQuery
    private let until: Timestamp
    private let begin: Timestamp?
    private var slices: CommandSlices
    private var reader: CommandReader?
    private var numbers: ArraySlice<Int> = []

    init(
        _ query: CommandsQuery, _ tape: TapeReader, openUntil end: Timestamp, sliceSize: Int = CommandSlices.usualSize
    ) throws(TapeError) {
        self.query = query
        until = try query.end(of: tape, openUntil: end)
        begin = try query.begin(of: tape)
        slices = CommandSlices(tape, query.selection, readsTexts: true, size: sliceSize)
    }

    /// The next command; nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> CommandRow? {
        while numbers.isEmpty {
            let isFirst = reader == nil
            // The lives before go first, so that two slices are never in memory.
            reader = nil
            guard let next = try slices.next() else { return nil }
            if isFirst {
                unreadable = next.unreadable
                duplicates = next.duplicates
                damages = next.damages
            }
            let wanted = next.tracker.selected(of: DeviceSelection(query.selection.devices)) {
                query.isWanted($0, until)
            }
            numbers = wanted[...]
            reader = next
        }
        guard let number = numbers.popFirst(), let row = reader?.tracker.row(number, until: until) else { return nil }
        if let begin, row.firstSeen < begin { beganBefore += 1 }
        return row
    }
}
