import DeviceProtocol

/// Makes one tape of several, all messages in order of wall time.
///
/// Each tape keeps its own order of arrival; where two tapes have a message at the same time, the tape named first comes
/// first.
public struct TapeMerger {
    /// What a merge did beside copying.
    public struct Report: Sendable {
        /// What stands on the new tape.
        public var copy = CopyReport()
        /// Messages left out because another of the tapes has the same publish.
        public var duplicates: Int64 = 0
        /// Messages of each tape, in order.
        public var inputs: [Int64] = []
    }

    private let tapes: [TapeReader]
    private let tolerance: Int64?

    /// Merges open tapes.
    ///
    /// - Parameters:
    ///   - tapes: the tapes.
    ///   - tolerance: how far apart two recorders may have received one publish, ns; nil keeps duplicates.
    public init(_ tapes: [TapeReader], tolerance: Int64?) {
        self.tapes = tapes
        self.tolerance = tolerance
    }

    /// Writes the merged tape.
    ///
    /// - Parameters:
    ///   - path: the new tape, which must not be there yet.
    ///   - host: hears how it goes.
    /// - Returns: what was written; nil when it was stopped. Without a single message no tape is made.
    /// - Throws: ``TapeError`` when a tape cannot be read or the new one not be written.
    public func write(to path: String, host: CopyHost = CopyHost()) throws(TapeError) -> Report? {
        let copier = try TapeCopier(path: path)
        var catalogue = try MergedCatalogue(tapes)
        try catalogue.addSessions(to: copier)
        var inputs: [MergeInput] = []
        for (index, tape) in tapes.enumerated() {
            inputs.append(try MergeInput(tape, group: catalogue.groups[index]))
        }
        var total: Int64 = 0
        for tape in tapes { total += try tape.summary().messages }
        var report = Report()
        var seen = tolerance.map { SeenPublishes(tolerance: $0) }
        var read: Int64 = 0
        while let index = Self.first(inputs), let message = try inputs[index].take() {
            read += 1
            if let number = seen?.find(
                message, .init(tape: inputs[index].group, sequence: message.sequence), number: copier.nextSequence)
            {
                inputs[index].copied.insert(message.sequence, as: number)
                report.duplicates += 1
            } else {
                let session = try catalogue.number(of: message.session, onTape: index, in: copier)
                try inputs[index].copy(message, session: session, to: copier)
            }
            guard read.isMultiple(of: CopyHost.stride) else { continue }
            if host.isStopping() { return nil }
            host.progress(read, Double(read) / Double(max(1, total)))
        }
        report.inputs = inputs.map(\.messages)
        guard copier.report.messages > 0 else { return report }
        try catalogue.addGaps(to: copier)
        for tape in tapes { try copier.add(try tape.marks()) }
        report.copy = try copier.finish()
        report.copy.damages = inputs.flatMap(\.cursor.damages)
        return report
    }

    /// The input with the oldest next message; the first of several.
    private static func first(_ inputs: [MergeInput]) -> Int? {
        var first: (index: Int, arrival: Timestamp)?
        for (index, input) in inputs.enumerated() {
            guard let next = input.next else { continue }
            if let known = first, known.arrival <= next.arrival { continue }
            first = (index, next.arrival)
        }
        return first?.index
    }
}

/// A tape that is merged, one message ahead.
private struct MergeInput {
    let cursor: MessageCursor
    /// Tapes of one identifier have the same number.
    let group: Int
    private(set) var next: RecordedMessage?
    private(set) var messages: Int64 = 0
    var copied = CopiedSequences()

    init(_ tape: TapeReader, group: Int) throws(TapeError) {
        cursor = try tape.messages()
        self.group = group
        next = try cursor.next()
    }

    mutating func take() throws(TapeError) -> RecordedMessage? {
        let taken = next
        if taken != nil { messages += 1 }
        next = try cursor.next()
        return taken
    }

    mutating func copy(_ message: RecordedMessage, session: Int64, to copier: TapeCopier) throws(TapeError) {
        let (old, original) = (message.sequence, message.duplicateOf)
        let new = try copier.append(message, session: session, duplicateOf: original.flatMap { copied[$0] })
        if let original, copied[original] == nil { copied.adopt(original, as: new) }
        copied.insert(old, as: new)
    }
}
