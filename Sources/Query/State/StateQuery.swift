import DeviceProtocol
public import Tape

/// The question for what held of each device at an instant.
///
/// - What arrived before the instant counts, in order of arrival; redeliveries are left out.
/// - Metrics are folded: a value sets, null removes, a message with `override` removes everything that it does not set
///   itself (https://dev.xyte.io/reference/send-telemetry). The condition that stands beside the metrics is no metric
///   here; a metric of the name `status` is one.
/// - The status is the last condition; where a message has none, its metric `status` if that is text or a number.
/// - Firmware and model are the last ones that the device named, as ``DevicesQuery`` has it.
/// - A licence's state is what the device said since the cloud's last word on it.
/// - A device is there as soon as a message stands on its topics, or names it in telemetry or in one of the messages
///   that make up the state.
public struct StateQuery: Sendable {
    /// Which messages count; its devices are those of topics and of payloads, its `until` is the instant.
    public var selection: Selection

    /// Asks for the state after the selected messages.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// Begins to read the tape.
    ///
    /// - Parameter tape: the tape.
    /// - Returns: what gives the rows in order of the devices' ids' bytes.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func rows(_ tape: TapeReader) throws(TapeError) -> StateRows {
        try StateRows(tape, selection)
    }
}

/// The states of the devices of a tape, one after the other.
///
/// Reads the tape once for every few thousand devices, so that memory does not grow with their number.
public struct StateRows {
    /// Parts of the tape that could not be read, as far as the rows have come.
    public private(set) var damages: [TapeError] = []
    /// Redeliveries that were left out, where columns did not pass over them.
    public private(set) var duplicates = 0

    private let tape: TapeReader
    private let selection: Selection
    private var pages: ArraySlice<DevicePage>
    private var pending: ArraySlice<StateRow> = []
    private var openCommands: [DeviceID: Int] = [:]

    init(_ tape: TapeReader, _ selection: Selection) throws(TapeError) {
        self.tape = tape
        self.selection = selection
        let known = selection.devices.isEmpty ? Set(try tape.activity().compactMap(\.device)) : []
        pages = DevicePage.pages(of: known)[...]
        var query = CommandsQuery(selection)
        query.states = [.pending, .inProgress]
        let end = try tape.summary().lastArrival ?? Timestamp(nanoseconds: 0)
        let answer = try query.answer(tape, openUntil: end)
        // A command of a child that another device speaks for is the child's.
        for row in answer.rows where row.deliveries > 0 {
            if let device = row.device { openCommands[device, default: 0] += 1 }
        }
        damages = answer.damages
    }

    /// Adds what only retained messages of the past say.
    ///
    /// What was heard while recording counts more, however old: of a retained message nobody knows whether it was
    /// published before or after.
    private mutating func addRetained(_ page: DevicePage, to rows: inout [DeviceID: StateRow]) throws(TapeError) {
        guard !selection.sessions.leftOut.isEmpty else { return }
        var snapshots = selection
        snapshots.sessions = SessionChoice(selection.sessions.leftOut)
        var reader = StateReader(snapshots, page)
        try reader.read(tape)
        for (device, state) in reader.devices where state.isKnown {
            var row = rows[device] ?? StateRow(device: device)
            row.addRetained(state.row(of: device, reader.names, openCommands: 0))
            if !row.retained.isEmpty { rows[device] = row }
        }
    }

    /// The next device's state; nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> StateRow? {
        while pending.isEmpty {
            guard let page = pages.popFirst() else { return nil }
            var reader = StateReader(selection, page)
            try reader.read(tape)
            damages.note(reader.damages)
            var known: [DeviceID: StateRow] = [:]
            for (device, state) in reader.devices where state.isKnown {
                known[device] = state.row(of: device, reader.names, openCommands: openCommands[device] ?? 0)
            }
            try addRetained(page, to: &known)
            let rows = known.values
            pending = rows.sorted { $0.device < $1.device }[...]
        }
        return pending.popFirst()
    }
}
