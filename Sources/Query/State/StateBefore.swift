public import DeviceProtocol
public import Tape

/// The messages that say what held at an instant: what a tape that begins there has to have in front.
public struct StateBefore {
    /// What was found.
    public struct Answer: Sendable {
        /// The messages, oldest first, all from before the instant.
        public var messages: [RecordedMessage] = []
        /// Open commands that were left out because there were too many; the newest were taken.
        public var droppedCommands = 0
        /// Devices on whose topics telemetry was not followed further back than the reach, though no message replaces
        /// the whole state: a metric that was silent for longer is not in it.
        public var unsettledDevices = 0
        /// Parts of the tape that could not be read.
        public var damages: [TapeError] = []

        /// Nothing found yet.
        public init() {}
    }

    private let selection: Selection
    private let start: Timestamp
    private let reach: Int64
    private let isStopping: () -> Bool

    /// Asks for the state of the selected devices.
    ///
    /// - Parameters:
    ///   - selection: devices, topics and kinds; window and sessions do not matter.
    ///   - start: the instant.
    ///   - reach: how far before it telemetry is followed, ns; the last telemetry of a device is found at any distance.
    ///   - isStopping: whether to give up; the answer is worthless then.
    public init(
        _ selection: Selection, at start: Timestamp, reach: Int64, isStopping: @escaping () -> Bool = { false }
    ) {
        var selection = selection
        selection.sessions = []
        selection.includesDuplicates = false
        selection.since = nil
        selection.until = start
        self.selection = selection
        self.start = start
        self.reach = reach
        self.isStopping = isStopping
    }

    /// Finds the messages.
    ///
    /// Telemetry is read backwards, window by window; the few messages of other kinds in one pass over them.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func answer(_ tape: TapeReader) throws(TapeError) -> Answer {
        var answer = Answer()
        let telemetry = try telemetry(tape, &answer)
        let facts = try facts(tape, &answer)
        answer.droppedCommands = facts.droppedCommands
        var found: [Int64: RecordedMessage] = [:]
        for message in telemetry.held.messages + facts.messages { found[message.sequence] = message }
        answer.messages = found.values.sorted { $0.sequence < $1.sequence }
        return answer
    }

    private func facts(_ tape: TapeReader, _ answer: inout Answer) throws(TapeError) -> StandingFacts {
        var facts = StandingFacts()
        guard let wanted = restricted(to: StandingFacts.kinds) else { return facts }
        let cursor = try tape.messages(wanted)
        while let message = try cursor.next(), !isStopping() { facts.add(message) }
        answer.damages.note(cursor.damages)
        return facts
    }

    private func telemetry(_ tape: TapeReader, _ answer: inout Answer) throws(TapeError) -> TelemetryFold {
        var fold = TelemetryFold()
        guard var wanted = restricted(to: [.telemetry]) else { return fold }
        let activity = try tape.activity().filter { row in
            guard row.kind == .telemetry, row.firstSeen < start, let device = row.device else { return false }
            return selection.devices.isEmpty || selection.devices.contains(device)
        }
        guard let oldest = activity.map(\.firstSeen.nanoseconds).min() else { return fold }
        let topicDevices = Set(activity.compactMap(\.device))
        var end = start.nanoseconds
        var length = Self.firstWindow
        while end > oldest, !isStopping() {
            let (begin, overflow) = end.subtractingReportingOverflow(length)
            wanted.since = overflow ? Timestamp(nanoseconds: .min) : Timestamp(nanoseconds: begin)
            wanted.until = Timestamp(nanoseconds: end)
            let isBeyond = end <= start.nanoseconds &- reach
            // Within the reach for what the state still needs, beyond it for devices that were not heard at all.
            let rest = topicDevices.filter { isBeyond ? fold.voices[$0] == nil : !fold.isSettled($0) }
            if rest.isEmpty { break }
            wanted.devices = rest
            var earlier = TelemetryFold()
            let cursor = try tape.messages(wanted)
            while let message = try cursor.next(), !isStopping() { earlier.add(message) }
            answer.damages.note(cursor.damages)
            fold.merge(earlier: earlier)
            if overflow { break }
            end = begin
            length = length.multipliedReportingOverflow(by: 2).overflow ? .max : length * 2
        }
        if end > oldest { answer.unsettledDevices = topicDevices.count { !fold.isSettled($0) } }
        return fold
    }

    /// The first stretch that is looked at, ns; each one after it is twice as long.
    private static let firstWindow: Int64 = 600 * 1_000_000_000

    /// The selection for some kinds; nil where it excludes them.
    private func restricted(to kinds: Set<MessageKind>) -> Selection? {
        var restricted = selection
        restricted.kinds = selection.kinds.isEmpty ? kinds : selection.kinds.intersection(kinds)
        return restricted.kinds.isEmpty ? nil : restricted
    }
}
