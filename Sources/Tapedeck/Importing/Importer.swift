import DeviceProtocol
import JSONScan
import Recorder
import Tape
import Terminal

/// Brings lines in the `messages` contract onto a tape.
struct Importer {
    /// What to import and how.
    struct Options {
        /// The input's name, for messages and for the session.
        var file: String
        /// The tape.
        var tape: String
        /// Whether lines that are no messages are passed over.
        var skipsBroken = false
        /// Whether what is imported is to be sealed.
        var seals = true
        /// The key of the placeholders; nil keeps secrets as they are.
        var redactionKey: RedactionKey?
        /// What is redacted beside what is known to be secret.
        var redactionRules = RedactionRules()
        /// Program name and version, for the session's record.
        var recorder: String
    }

    /// What the importer asks its caller, and tells it.
    struct Host {
        /// Whether to stop.
        var isStopping: () -> Bool = { false }
        /// Hears now and then how many messages and bytes of the input were read.
        var progress: (_ messages: Int64, _ bytes: Int) -> Void = { _, _ in }
        /// Hears of a line that is passed over.
        var skipped: (BrokenPlace) -> Void = { _ in }
    }

    private let options: Options
    private let host: Host
    private var redaction: ImportRedaction?
    private var parser: MessageLineParser
    private var filler: TapeFiller?
    private var sequences = SequenceMap()
    private var sessions = ImportedSessions()
    private var brokenLines = 0
    private var lostDuplicates = 0
    private var replaced: Int64 = 0

    /// Between two reports of progress, lines.
    private static let stride = 1_024

    /// An importer that has done nothing yet; the tape is opened with the first message.
    init(_ options: Options, _ host: Host = Host()) {
        self.options = options
        self.host = host
        redaction = options.redactionKey.map { ImportRedaction(key: $0, rules: options.redactionRules) }
        parser = MessageLineParser()
    }

    /// Imports everything.
    ///
    /// A tape that was made here is removed again when this throws.
    ///
    /// - Returns: what was done.
    /// - Throws: ``ImportError``.
    mutating func run(_ lines: consuming LineReader) throws(ImportError) -> ImportReport {
        do {
            try store(&lines)
            return try finish()
        } catch let place as BrokenPlace {
            throw .broken(place: place, remains: giveUp("error", "before it "))
        } catch let error as TapeError {
            throw .tape(error, remains: giveUp("error"))
        } catch is Stopped {
            throw .stopped(remains: giveUp("signal"))
        } catch {
            _ = giveUp("error")
            throw error as? ImportError ?? .unreadable(file: options.file, reason: "\(error)")
        }
    }

    private mutating func store(_ lines: inout LineReader) throws {
        while true {
            guard !host.isStopping() else { throw Stopped() }
            switch try lines.advance() {
            case .end:
                // A stop ends the input too.
                guard !host.isStopping() else { throw Stopped() }
                return
            case .tooLong:
                try passOver(.tooLong, lines.number, lines.offset)
            case .line(let range):
                if let message = try message(lines.buffer.span.extracting(range), lines.number, lines.offset) {
                    try store(message)
                }
            }
            if lines.number.isMultiple(of: Self.stride) { host.progress(filler?.messages ?? 0, lines.bytesRead) }
        }
    }

    /// The message of a line; nil for one that is empty or passed over.
    private mutating func message(
        _ line: Span<UInt8>, _ number: Int, _ offset: Int
    ) throws(BrokenPlace) -> ImportedMessage? {
        guard !Self.isBlank(line) else { return nil }
        do throws(BrokenLine) {
            return try parser.parse(line)
        } catch {
            try passOver(error, number, offset)
            return nil
        }
    }

    private mutating func passOver(_ broken: BrokenLine, _ number: Int, _ offset: Int) throws(BrokenPlace) {
        let place = BrokenPlace(
            file: options.file, line: number, offset: offset + broken.offset, reason: broken.reason)
        guard options.skipsBroken else { throw place }
        brokenLines += 1
        host.skipped(place)
    }

    private mutating func store(_ imported: ImportedMessage) throws(TapeError) {
        let filler = try openedFiller()
        if sessions.begins(with: imported.session) {
            try filler.end(reason: Self.complete)
            try filler.begin(session(imported))
        }
        var message = imported.message
        if let original = imported.duplicateOf {
            message.duplicateOf = imported.sequence == nil ? nil : sequences.output(for: original)
            if message.duplicateOf == nil { lostDuplicates += 1 }
        }
        replaced += Int64(redaction?.redact(&message) ?? 0)
        let sequence = try filler.append(message)
        if let input = imported.sequence { sequences.insert(input, as: sequence) }
    }

    private mutating func openedFiller() throws(TapeError) -> TapeFiller {
        if let filler { return filler }
        let opened = try TapeFiller(options.tape, seals: options.seals)
        filler = opened
        return opened
    }

    private func session(_ first: ImportedMessage) -> Session {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("file")
        writer.string(options.file)
        if let session = first.session {
            writer.key("session")
            writer.int(session)
        }
        writer.key("redaction")
        writer.bool(redaction != nil)
        if let redaction {
            writer.key("redaction_key")
            writer.string(redaction.keyName)
        }
        options.redactionRules.write(to: &writer)
        writer.endObject()
        return Session(
            source: "import", broker: nil, clientID: nil, options: String(decoding: writer.bytes, as: UTF8.self),
            recorder: options.recorder, startedAt: Timestamp(nanoseconds: first.message.monotonic))
    }

    private func finish() throws -> ImportReport {
        guard let filler else { throw ImportError.isEmpty(file: options.file, brokenLines: brokenLines) }
        try filler.end(reason: Self.complete)
        let sealing = filler.seal()
        return ImportReport(
            file: options.file, tape: options.tape, messages: filler.messages, bytes: filler.bytes,
            replaced: replaced, sessions: filler.session - Int64(filler.sessions) + 1...filler.session,
            steps: filler.steps, brokenLines: brokenLines, lostDuplicates: lostDuplicates,
            ignored: parser.ignored.summary, epochs: parser.epochs, sealingErrors: sealing.errors)
    }

    /// Leaves the tape in order and says what is on it.
    private func giveUp(_ reason: String, _ place: String = "") -> String {
        guard case .session(let session, let messages) = filler?.abandon(reason: reason) else {
            return "nothing was imported"
        }
        let verb = messages == 1 ? "is" : "are"
        return "\(HumanFormat.count(messages, "message")) \(place)\(verb) on \(options.tape) as session \(session)"
    }

    /// Whether a line holds nothing but white space (RFC 8259 §2).
    private static func isBlank(_ line: Span<UInt8>) -> Bool {
        for index in line.indices {
            let byte = line[index]
            guard byte == 0x20 || byte == 0x0D || byte == 0x09 else { return false }
        }
        return true
    }

    private static let complete = "complete"

    /// The user wants it to end.
    private struct Stopped: Error {}
}

extension BrokenLine {
    /// A line beyond every limit.
    fileprivate static let tooLong = BrokenLine(
        offset: 0,
        reason: "the line has more than \(LineReader.longestLine >> 20) MiB, and no MQTT message needs as much")
}
