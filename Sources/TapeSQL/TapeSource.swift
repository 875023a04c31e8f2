import DeviceProtocol
public import SQLite
public import Tape

/// Where tables find their tape, and to whom they say what is wrong with it.
///
/// It belongs to the thread that uses the connection.
public final class TapeSource {
    private enum Origin {
        /// One tape, open all the time.
        case reader(OpenTape)
        /// The tape that a host has open, or any other that is named; open as long as somebody reads from it.
        case host(DatabaseHandle)
    }

    /// Parts that could not be read, each once, as far as anybody has read.
    public private(set) var damages: [TapeError] = []
    private let origin: Origin
    private let shouldStop: () -> Bool
    /// Tapes that are being read; nobody holds on to them in between, so that each query sees the newest state and
    /// nothing keeps a recorder's log from being taken up.
    private var open: [String: WeakTape] = [:]
    private var estimates: [String: TapeEstimate] = [:]

    private struct WeakTape {
        weak var tape: OpenTape?
    }

    /// Reads one tape only, in one view; what is damaged is passed over and noted.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - shouldStop: asked every now and then; true calls the work off.
    public init(_ tape: TapeReader, shouldStop: @escaping () -> Bool = { false }) {
        origin = .reader(OpenTape(tape))
        self.shouldStop = shouldStop
    }

    /// Reads the tape that is the main database of a connection, or those that queries name.
    ///
    /// Whoever asks there sees no notes, so that damage is an error.
    ///
    /// - Parameter host: a connection that lives as long as this.
    public init(host: DatabaseHandle) {
        origin = .host(host)
        shouldStop = { false }
    }

    /// The tape for a scan.
    ///
    /// - Parameter path: what the query names; nil for the tape that is there.
    /// - Returns: the tape, which stays open as long as somebody holds on to it.
    /// - Throws: ``TableError`` where there is none.
    func tape(_ path: String?) throws -> OpenTape {
        switch origin {
        case .reader(let tape):
            if let path {
                throw TableError("this reads one tape only and opens no other (`\(path)`): leave the argument out")
            }
            return tape
        case .host(let host):
            guard let path = path ?? host.mainFile else {
                throw TableError("no tape: open one as the database, or name it: SELECT * FROM messages('some.tape')")
            }
            if let known = open[path]?.tape { return known }
            open = open.filter { $0.value.tape != nil }
            let tape = OpenTape(try TapeReader(path: path, mayBeOpen: true))
            open[path] = WeakTape(tape: tape)
            return tape
        }
    }

    /// How much there is to read, roughly; for plans.
    func estimate(_ path: String?) -> TapeEstimate {
        let key: String
        switch origin {
        case .reader: key = ""
        case .host(let host): key = path ?? host.mainFile ?? ""
        }
        if let known = estimates[key] { return known }
        guard let tape = try? tape(path), let made = try? TapeEstimate(tape.reader) else { return TapeEstimate() }
        if estimates.count > 100 { estimates.removeAll() }
        estimates[key] = made
        return made
    }

    /// Notes parts that could not be read.
    ///
    /// - Throws: the first of them, where nobody would see the note.
    func note(_ damages: [TapeError]) throws {
        if case .host = origin, let damage = damages.first {
            throw TableError(
                "\(damage); `tapedeck query sql` reads the rest, `tapedeck verify --repair` saves it to a new tape")
        }
        self.damages.note(damages)
    }

    /// Until when what has not ended counts as open: the last arrival, or now while the tape is being recorded.
    func end(of tape: TapeReader) throws(TapeError) -> Timestamp {
        let now = Timestamp(nanoseconds: SystemTimeSource().wall)
        return tape.isBeingRecorded ? now : try tape.summary().lastArrival ?? now
    }

    /// Calls a scan off that nobody waits for any more.
    ///
    /// - Throws: ``TableError/interrupted``.
    func checkStop() throws {
        if shouldStop() { throw TableError.interrupted }
    }
}

/// A tape that is being read, and the answers that tables share.
final class OpenTape {
    let reader: TapeReader
    /// Rows of the tables that are made as a whole, by the table's name.
    var answers: [String: AnyObject] = [:]

    init(_ reader: TapeReader) {
        self.reader = reader
    }
}

/// How much there is to read on a tape.
struct TapeEstimate {
    var messages = 1_000_000.0
    var telemetry = 1_000_000.0
    var unsealed = 0.0
    var devices = 100.0

    init() {}

    init(_ tape: TapeReader) throws(TapeError) {
        messages = 0
        telemetry = 0
        var names: Set<String> = []
        for entry in try tape.activity() {
            messages += Double(entry.messages)
            if entry.kind == .telemetry { telemetry += Double(entry.messages) }
            if let device = entry.device { names.insert(device.text) }
        }
        devices = Double(max(names.count, 1))
        unsealed = Double(try tape.unsealedMessages())
    }
}
