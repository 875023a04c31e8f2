public import Tape

/// A reading that can go on with what is added to a tape while it is being recorded.
public protocol GrowingScan {
    /// Lets go of the tape at the end of its view, so that the reader may move on or be opened anew.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    mutating func suspend() throws(TapeError)

    /// Goes on behind the last message that was there before.
    ///
    /// - Parameter tape: the same tape in a newer view.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    mutating func resume(on tape: TapeReader) throws(TapeError)
}
