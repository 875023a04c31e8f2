import DeviceProtocol
import MQTTWire
import Tape

/// Reads what a tape says of things that have a life: messages of some kinds, decoded, from the beginning of the tape to
/// the end of the window, so that what began before the window is not taken for new.
struct LifeScan {
    /// A message and whether the query asks for it.
    struct Sight {
        var message: RecordedMessage
        var topic: DeviceTopic
        var decoded: DecodedMessage
        /// Whether it lies in the window, in one of the sessions, and fits the topic filters.
        var isSelected: Bool
        /// When it arrived.
        var moment: Moment
    }

    private var scan: MessageScan
    private let selection: Selection
    private let lastSession: Int64

    /// - Throws: ``TapeError`` when the tape cannot be read.
    init(_ tape: TapeReader, _ selection: Selection, kinds: Set<MessageKind>) throws(TapeError) {
        var all = Selection()
        all.until = selection.until
        all.kinds = kinds
        self.selection = selection
        // Sessions follow one another, so what later ones tell lies behind the window.
        lastSession = selection.sessions.chosen.max() ?? .max
        scan = try MessageScan(tape, all, leavesOutDuplicates: true)
    }

    /// Redeliveries that were left out.
    var duplicates: Int { scan.duplicates }
    /// Parts that could not be read.
    var damages: [TapeError] { scan.damages }

    /// The next message; nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    mutating func next() throws(TapeError) -> Sight? {
        while let message = try scan.next() {
            guard message.session <= lastSession else { continue }
            let topic = DeviceTopic.parse(message.topic)
            let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
            return Sight(
                message: message, topic: topic, decoded: decoded, isSelected: isSelected(message),
                moment: Moment(message))
        }
        return nil
    }

    private func isSelected(_ message: RecordedMessage) -> Bool {
        if let since = selection.since, message.arrival < since { return false }
        if !selection.sessions.isEmpty, !selection.sessions.contains(message.session) { return false }
        if !selection.topics.isEmpty, !selection.topics.contains(where: { $0.matches(message.topic) }) { return false }
        return !selection.excluded.contains { $0.matches(message.topic) }
    }
}

/// When a message arrived, by both clocks.
struct Moment: Hashable {
    var arrival: Timestamp
    /// Comparable within the session only, ns.
    var monotonic: Int64
    var session: Int64

    init(_ message: RecordedMessage) {
        self.init(arrival: message.arrival, monotonic: message.monotonic, session: message.session)
    }

    init(arrival: Timestamp, monotonic: Int64, session: Int64) {
        self.arrival = arrival
        self.monotonic = monotonic
        self.session = session
    }

    /// The time since an earlier moment, ns: by the monotonic clock within a session, else by the wall clock, and never
    /// negative.
    func since(_ earlier: Moment) -> Int64 {
        let length =
            session == earlier.session
            ? monotonic.subtractingReportingOverflow(earlier.monotonic)
            : arrival.nanoseconds.subtractingReportingOverflow(earlier.arrival.nanoseconds)
        return length.overflow ? .max : max(0, length.partialValue)
    }
}
