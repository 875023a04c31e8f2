public import DeviceProtocol
import MQTTWire
public import Tape

/// The question for the ledger of licences: what the cloud wanted done with them, and what devices said of it.
///
/// An entry is one thing that was asked for: `add`, an `update` with another end or content, `remove`; the same sent
/// again is a further delivery of it. It is shown when one of its messages is selected, and told from all of the tape up
/// to the end of the window. Redeliveries of one and the same packet are left out.
public struct LicensesQuery: Sendable {
    /// Which messages make an entry shown; kinds do not matter.
    public var selection: Selection

    /// Asks for all entries with a selected message.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// The kinds of message that entries are told from.
    public static let kinds: Set<MessageKind> = [.license, .licenseUpdate]

    /// Reads the tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when what was not acknowledged ages, unless the window ends before.
    /// - Returns: the entries, by device and first sight, and what was left out.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader, agingUntil end: Timestamp) throws(TapeError) -> LivesAnswer<LicenseRow> {
        var scan = try LifeScan(tape, selection, kinds: Self.kinds)
        let devices = DeviceSelection(selection.devices)
        var ledgers: [DeviceID?: LicenseLedger] = [:]
        var unreadable = 0
        while let sight = try scan.next() {
            switch sight.decoded.message {
            case .licenses(let licenses):
                for license in licenses {
                    let device = license.deviceID ?? sight.topic.device
                    guard devices.contains(device) else { continue }
                    ledgers[device, default: LicenseLedger()].send(license, sight, isAmbiguous: sight.isAmbiguous)
                }
            case .licenseUpdate(let update):
                let device = sight.decoded.device
                guard devices.contains(device) else { continue }
                ledgers[device, default: LicenseLedger()].update(
                    update, correlation: sight.message.properties.correlationData, sight)
            default: if sight.isSelected, devices.contains(sight.topic.device) { unreadable += 1 }
            }
        }
        let until = min(end, selection.until ?? end)
        let rows = ledgers.sorted { ($0.key?.text ?? "").utf8.lexicographicallyPrecedes(($1.key?.text ?? "").utf8) }
            .flatMap { device, ledger in ledger.rows(of: device, until: until) }
        return LivesAnswer(rows: rows, unreadable: unreadable, duplicates: scan.duplicates, damages: scan.damages)
    }
}

extension LifeScan.Sight {
    /// Whether the message says of a licence more than one thing to do.
    fileprivate var isAmbiguous: Bool {
        decoded.findings.contains { if case .ambiguousLicenseAction = $0 { true } else { false } }
    }
}
