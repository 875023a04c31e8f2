import SQLite

/// Makes a tape that is another one but for what is changed in its messages: the same sequence numbers, sessions,
/// clocks, times and ledger, and the same identifier.
public struct TapeRewriter {
    private let tape: TapeReader

    /// Rewrites an open tape.
    ///
    /// - Parameter tape: the tape, which must not be recorded meanwhile: its catalogue would be ahead of its messages.
    public init(_ tape: TapeReader) {
        self.tape = tape
    }

    /// Writes the new tape, sealed.
    ///
    /// - Parameters:
    ///   - path: the new tape, which must not be there yet.
    ///   - host: hears how it goes.
    ///   - options: the options of a session (``Session/options``) after the change.
    ///   - text: a mark's text, or the tags of a session as a JSON object, after the change; asked at the end.
    ///   - change: changes topic, payload, properties and the number of redactions of a message; what else it changes is
    ///     not looked at.
    /// - Returns: what was written; nil when it was stopped.
    /// - Throws: ``TapeError`` when the tape cannot be read, is being recorded, or the new one cannot be written.
    public func write(
        to path: String, host: CopyHost = CopyHost(), options: (String) -> String,
        text: (String) -> String = { $0 }, change: (inout RecordedMessage) -> Void
    ) throws(TapeError) -> CopyReport? {
        guard !tape.isBeingRecorded else {
            throw .system(path: tape.path, action: "rewrite", reason: "it is being recorded; stop the recording first")
        }
        let copier = try TapeCopier(path: path)
        let source = try TapeFile.openForReading(tape.path)
        try copier.adopt(source)
        let cursor = try tape.messages()
        let total = Double(max(1, try tape.summary().messages))
        while var message = try cursor.next() {
            let original = message
            change(&message)
            message.arrival = original.arrival
            message.monotonic = original.monotonic
            message.sequence = original.sequence
            message.session = original.session
            message.duplicateOf = original.duplicateOf
            try copier.appendVerbatim(message, grownBy: message.size - original.size, from: original.redactions)
            guard copier.report.messages.isMultiple(of: CopyHost.stride) else { continue }
            if host.isStopping() { return nil }
            host.progress(copier.report.messages, Double(copier.report.messages) / total)
        }
        var report = try copier.finishVerbatim(options: options, text: text)
        report.damages = cursor.damages
        report.gaps = try tape.gaps().count
        return report
    }
}
