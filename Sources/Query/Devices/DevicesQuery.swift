import DeviceProtocol
public import Tape

/// The question for what the messages show of each device.
public struct DevicesQuery: Sendable {
    /// Which messages to look at; its devices are those of topics and of payloads.
    public var selection: Selection

    /// Asks what the selected messages show.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// Reads the tape: where the catalogue tells how much each device said, only as much of its end as it takes.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader) throws(TapeError) -> DevicesAnswer {
        if try isCounted(tape) {
            var recent = RecentDevices(try tape.activity(), DeviceSelection(selection.devices))
            if try recent.read(tape) { return DevicesAnswer(rows: recent.rows, duplicates: 0, damages: recent.damages) }
        }
        return try readEverything(tape)
    }

    /// Whether the answer's counts are those of the catalogue.
    private func isCounted(_ tape: TapeReader) throws(TapeError) -> Bool {
        guard selection.since == nil, selection.until == nil, selection.sessions.isEmpty, selection.topics.isEmpty,
            selection.excluded.isEmpty, selection.kinds.isEmpty
        else { return false }
        // The catalogue counts redeliveries, and knows the first arrival of what is left after a deletion roughly only.
        let sessions = try tape.sessions()
        let gaps = try tape.gaps()
        return sessions.allSatisfy { $0.duplicates == 0 }
            && !gaps.contains { $0.cause == Gap.Cause.deleted.rawValue }
    }

    private func readEverything(_ tape: TapeReader) throws(TapeError) -> DevicesAnswer {
        var wanted = selection
        wanted.devices = []
        var scan = try MessageScan(tape, wanted, leavesOutDuplicates: true)
        let devices = DeviceSelection(selection.devices)
        var tallies: [DeviceID: DeviceTally] = [:]
        while let message = try scan.next() {
            let topic = DeviceTopic.parse(message.topic)
            guard devices.mayConcern(message, topic) else { continue }
            var named = topic.device.map { Set([$0]) } ?? []
            for (device, word) in DeviceWord.words(message, topic) {
                named.insert(device)
                tallies[device, default: DeviceTally(device, message)].take(word)
            }
            for device in named { tallies[device, default: DeviceTally(device, message)].count(message, topic.kind) }
        }
        let rows = tallies.filter { devices.contains($0.key) }.values.map(\.row).sorted { $0.device < $1.device }
        return DevicesAnswer(rows: rows, duplicates: scan.duplicates, damages: scan.damages)
    }
}

/// What the messages show of each device.
public struct DevicesAnswer: Sendable {
    /// The devices, in order of their ids' bytes.
    public var rows: [DeviceRow]
    /// Redeliveries of recorded packets that were left out.
    public var duplicates: Int
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]
}
