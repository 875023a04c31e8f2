public import DeviceProtocol
public import Tape

/// The question for the versions of configurations: what the cloud sent, what devices have, how long that took.
///
/// A version is shown when one of its messages is selected; its life is told from all of the tape up to the end of the
/// window. Devices are the ones that payloads name, else those of topics. Redeliveries of one and the same packet are
/// left out; the same version sent again in a new packet counts as a delivery.
public struct ConfigsQuery: Sendable {
    /// Which messages make a version shown; kinds do not matter.
    public var selection: Selection
    /// Whether rows have the differences to the version before.
    public var showsChanges = false

    /// Asks for all versions with a selected message.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// The kinds of message that versions are told from.
    public static let kinds: Set<MessageKind> = [.config, .configUpdate, .deviceUpdate]

    /// Reads the tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when a version that was not named counts as waited for, unless the window ends before.
    /// - Returns: the versions, by device and first sight, and what was left out.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader, waitingUntil end: Timestamp) throws(TapeError) -> LivesAnswer<ConfigRow> {
        var scan = try LifeScan(tape, selection, kinds: Self.kinds)
        let devices = DeviceSelection(selection.devices)
        var histories: [DeviceID?: ConfigHistory] = [:]
        var unreadable = 0
        while let sight = try scan.next() {
            let device = sight.decoded.device
            guard devices.contains(device) else { continue }
            let isAmbiguous = sight.decoded.findings.contains(.ambiguousConfig)
            let fresh = ConfigHistory(keepsChanges: showsChanges)
            switch sight.decoded.message {
            case .config(let config): histories[device, default: fresh].send(config, isAmbiguous: isAmbiguous, sight)
            case .configUpdate(let update):
                histories[device, default: fresh].echo(update.config, isAmbiguous: isAmbiguous, sight)
            case .deviceUpdate(let update):
                if let version = update.configVersion { histories[device, default: fresh].apply(version, sight) }
            default: if sight.topic.kind != .deviceUpdate, sight.isSelected { unreadable += 1 }
            }
        }
        let until = min(end, selection.until ?? end)
        let rows = histories.sorted { ($0.key?.text ?? "").utf8.lexicographicallyPrecedes(($1.key?.text ?? "").utf8) }
            .flatMap { device, history in history.rows(of: device, until: until) }
        return LivesAnswer(rows: rows, unreadable: unreadable, duplicates: scan.duplicates, damages: scan.damages)
    }
}
