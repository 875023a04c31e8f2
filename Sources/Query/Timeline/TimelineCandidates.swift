public import DeviceProtocol
public import Tape

/// Finds the devices of a tape that a timeline may be about.
public enum TimelineCandidates {
    /// A device and what went on with it.
    public struct Candidate: Sendable, Hashable {
        /// The device.
        public var device: DeviceID
        /// How many times its condition changed in the window.
        public var flips = 0
        /// Messages of the window other than telemetry.
        public var events = 0
        /// Messages of the window.
        public var messages = 0

        /// How much went on: telemetry is the same for all.
        var liveliness: Int { flips * 3 + events }
    }

    /// Messages of a window that are looked at.
    private static let limit = 200_000

    /// The only device of a tape; nil where it has none or several.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public static func only(_ tape: TapeReader) throws(TapeError) -> DeviceID? {
        let devices = Set(try tape.activity().compactMap(\.device))
        return devices.count == 1 ? devices.first : nil
    }

    /// The devices of a window, those with most going on first.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - window: the window of arrival.
    /// - Returns: the devices.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public static func list(_ tape: TapeReader, _ window: Range<Timestamp>) throws(TapeError) -> [Candidate] {
        var selection = Selection()
        selection.since = window.lowerBound
        selection.until = window.upperBound
        selection.includesDuplicates = false
        var found: [DeviceID: (candidate: Candidate, condition: String?)] = [:]
        let cursor = try tape.messages(selection)
        var read = 0
        while read < limit, let message = try cursor.next() {
            read += 1
            let topic = DeviceTopic.parse(message.topic)
            let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
            guard let device = decoded.device ?? topic.device else { continue }
            var entry = found[device] ?? (Candidate(device: device), nil)
            entry.candidate.messages += 1
            if case .telemetry(let telemetry) = decoded.message {
                if let status = telemetry.status {
                    if let before = entry.condition, !before.utf8.elementsEqual(status.utf8) {
                        entry.candidate.flips += 1
                    }
                    entry.condition = status
                }
            } else {
                entry.candidate.events += 1
            }
            found[device] = entry
        }
        return found.values.map(\.candidate).sorted { left, right in
            if left.liveliness != right.liveliness { return left.liveliness > right.liveliness }
            return left.messages == right.messages ? left.device < right.device : left.messages > right.messages
        }
    }
}
