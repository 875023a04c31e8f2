/// What a copy asks its caller, and tells it.
public struct CopyHost {
    /// Whether to stop; what was written so far is then removed again.
    public var isStopping: () -> Bool
    /// Hears now and then how many messages were written and, where it is known, which share of the work is done.
    public var progress: (_ messages: Int64, _ share: Double?) -> Void

    /// A caller that never stops and hears nothing, unless told otherwise.
    public init(
        isStopping: @escaping () -> Bool = { false },
        progress: @escaping (_ messages: Int64, _ share: Double?) -> Void = { _, _ in }
    ) {
        self.isStopping = isStopping
        self.progress = progress
    }

    /// Messages between two questions.
    static let stride: Int64 = 1_024
}

/// What stands on a tape that was put together from others.
public struct CopyReport: Sendable {
    /// Messages on the new tape.
    public var messages: Int64 = 0
    /// Bytes of their topics, properties and payloads.
    public var bytes: Int64 = 0
    /// Sessions on the new tape.
    public var sessions = 0
    /// Rows of its loss ledger.
    public var gaps = 0
    /// Redeliveries that lost the reference to their original, which is not on the new tape.
    public var lostReferences: Int64 = 0
    /// Bytes of the new file.
    public var fileSize: Int64 = 0
    /// Parts of the inputs that could not be read.
    public var damages: [TapeError] = []
}
