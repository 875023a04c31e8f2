public import DeviceProtocol
public import Tape

/// The question for what firmware devices run, against what the cloud offers.
///
/// Told from all of the tape up to the end of the window; a device is shown when a selected message names its firmware
/// or offers one. Where its description of itself never named one, a metric that does counts (see ``DevicesQuery``).
public struct FirmwareQuery: Sendable {
    /// Which messages make a device shown; kinds do not matter.
    public var selection: Selection

    /// Asks for all devices with a selected message.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// The kinds of message that tell of firmware, metrics apart.
    public static let kinds: Set<MessageKind> = [.deviceUpdate, .firmwareNotice]

    /// Reads the tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when a device that did not follow is behind, unless the window ends before.
    /// - Returns: the devices in order of their ids' bytes, and what was left out.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader, behindUntil end: Timestamp) throws(TapeError) -> LivesAnswer<FirmwareRow> {
        var scan = try LifeScan(tape, selection, kinds: Self.kinds)
        let devices = DeviceSelection(selection.devices)
        var tellers: [DeviceID: FirmwareTally] = [:]
        var unreadable = 0
        while let sight = try scan.next() {
            guard let device = sight.decoded.device, devices.contains(device) else { continue }
            switch sight.decoded.message {
            case .firmwareNotice(let notice):
                tellers[device, default: FirmwareTally()].offer(notice, sight)
            case .deviceUpdate(let update):
                guard let version = update.firmwareVersion else { continue }
                tellers[device, default: FirmwareTally()].report(version, .update, sight.moment, sight.isSelected)
            default: if sight.isSelected, sight.topic.kind == .firmwareNotice { unreadable += 1 }
            }
        }
        var damages = scan.damages
        for (device, said) in try metrics(tape, &damages) where tellers[device]?.reported == nil {
            let moment = Moment(arrival: said.arrival, monotonic: 0, session: 0)
            tellers[device, default: FirmwareTally()].report(said.value, .telemetry, moment, true)
        }
        let until = min(end, selection.until ?? end)
        let rows = tellers.filter(\.value.isSelected).sorted { $0.key < $1.key }
            .map { device, tally in tally.row(of: device, until: until) }
        return LivesAnswer(rows: rows, unreadable: unreadable, duplicates: scan.duplicates, damages: damages)
    }

    /// The firmware that devices name as a metric.
    private func metrics(
        _ tape: TapeReader, _ damages: inout [TapeError]
    ) throws(TapeError) -> [DeviceID: StateWords.Said<String>] {
        var wanted = selection
        wanted.kinds = [.telemetry]
        var reader = StateReader(wanted, .all, facts: [.firmware])
        try reader.read(tape)
        damages.note(reader.damages)
        return reader.devices.compactMapValues { $0.facts[.firmware] }
    }
}

/// What is known of the firmware of one device while its messages go by.
private struct FirmwareTally {
    private(set) var isSelected = false
    private(set) var reported: (version: String, at: Moment, source: FirmwareRow.Source)?
    private var previous: String?
    private var latest: (version: String, at: Moment)?
    private var fileID: String?
    private var notices = 0

    mutating func report(_ version: String, _ source: FirmwareRow.Source, _ at: Moment, _ isSelected: Bool) {
        if isSelected { self.isSelected = true }
        if let reported, reported.version.utf8.elementsEqual(version.utf8) { return }
        previous = reported?.version ?? previous
        reported = (version, at, source)
    }

    mutating func offer(_ notice: FirmwareNotice, _ sight: LifeScan.Sight) {
        if sight.isSelected { isSelected = true }
        guard let version = notice.latestVersion else { return }
        if let latest, latest.version.utf8.elementsEqual(version.utf8) {
            notices += 1
        } else {
            latest = (version, sight.moment)
            notices = 1
        }
        fileID = notice.latestFileID ?? fileID
    }

    func row(of device: DeviceID, until end: Timestamp) -> FirmwareRow {
        var row = FirmwareRow(
            device: device, state: state, reported: reported?.version, reportedAt: reported?.at.arrival,
            source: reported?.source, previous: previous, latest: latest?.version, latestAt: latest?.at.arrival,
            fileID: fileID, notices: notices)
        guard let latest else { return row }
        switch row.state {
        case .upToDate:
            if let at = reported?.at, at.arrival >= latest.at.arrival, reported?.source == .update {
                row.lag = at.since(latest.at)
            }
        case .upgrade, .downgrade, .differs:
            row.behindFor = max(0, end.nanoseconds &- latest.at.arrival.nanoseconds)
        case .unknown: break
        }
        return row
    }

    private var state: FirmwareRow.State {
        guard let reported, let latest else { return .unknown }
        return switch VersionOrder.compare(reported.version, latest.version) {
        case 0: .upToDate
        case -1: .upgrade
        case 1: .downgrade
        default: .differs
        }
    }
}
