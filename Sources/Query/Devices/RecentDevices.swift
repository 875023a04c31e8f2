import DeviceProtocol
import Tape

/// Answers for whole tapes: counts from the catalogue, the rest from the newest messages, walking back.
///
/// Only devices that topics name can be answered for so.
struct RecentDevices {
    /// Parts that could not be read, of those that were looked at.
    private(set) var damages: [TapeError] = []

    private var devices: [DeviceID: RecentDevice] = [:]
    /// Devices for which something may be found further back.
    private var open = RecentDevice.Needs.Counts()

    init(_ activity: [Activity], _ selected: DeviceSelection) {
        for entry in activity {
            guard let device = entry.device, selected.contains(device) else { continue }
            devices[device, default: RecentDevice(entry)].add(entry)
        }
        for device in devices.values { open.add(device.needs) }
    }

    /// The rows, in order of the devices' ids' bytes.
    var rows: [DeviceRow] {
        devices.map { $1.row(of: $0) }.sorted { $0.device < $1.device }
    }

    /// Walks back until all is known; false when payloads name devices of their own, so that every message counts.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    mutating func read(_ tape: TapeReader) throws(TapeError) -> Bool {
        var selection = Selection()
        selection.kinds = [.telemetry, .deviceUpdate]
        let scan = try tape.fields(selection, newestFirst: true)
        while true {
            let open = open
            let part = try scan.next(shaped: { Self.matters($0, open) })
            guard let part else { break }
            var words: [DeviceID: RecentDevice.Words] = [:]
            switch part {
            case .messages(let messages):
                for message in messages {
                    guard take(message, order: message.sequence, &words) else { return false }
                }
            case .segment(let segment):
                do throws(FieldDamage) {
                    guard try take(segment, &words) else { return false }
                } catch {
                    scan.note(error, in: segment)
                    words = [:]
                }
            }
            for (device, words) in words { close(device, words) }
        }
        damages = scan.damages
        return true
    }

    private static func matters(_ shape: PayloadShape, _ open: RecentDevice.Needs.Counts) -> Bool {
        // Any message that only reading it tells about may name another device.
        guard let columns = DeviceColumns(shape), columns.device == nil else { return true }
        if shape.kind == .telemetry, open.samples > 0 { return true }
        return columns.tells(status: open.status > 0, firmware: open.firmware > 0, model: open.model > 0)
    }

    private mutating func close(_ device: DeviceID, _ words: RecentDevice.Words) {
        guard var known = devices[device] else { return }
        open.remove(known.needs)
        known.take(words)
        open.add(known.needs)
        devices[device] = known
    }

    // MARK: Messages

    private func take(
        _ message: RecordedMessage, order: Int64, _ words: inout [DeviceID: RecentDevice.Words]
    ) -> Bool {
        let topic = DeviceTopic.parse(message.topic)
        guard let device = topic.device else { return true }
        let needs = devices[device]?.needs ?? RecentDevice.Needs()
        guard needs.isAny || PayloadNames.mayNameDevice(message.payload) else { return true }
        for (named, word) in DeviceWord.words(message, topic) {
            guard named == device else { return false }
            if needs.isAny { words[device, default: RecentDevice.Words()].take(word, order) }
        }
        return true
    }

    // MARK: Columns

    private func take(
        _ segment: FieldSegment, _ words: inout [DeviceID: RecentDevice.Words]
    ) throws(FieldDamage) -> Bool {
        var topics = [DeviceID?](repeating: nil, count: segment.topicCount)
        for group in segment.groups {
            guard let columns = DeviceColumns(group.shape) else {
                let moments = try segment.moments(of: group)
                var rest = try segment.messages(of: group)[...]
                for run in group.runs where run.isWanted {
                    for row in run.rows {
                        guard let message = rest.popFirst() else { continue }
                        guard take(message, order: moments.order(row), &words) else { return false }
                    }
                }
                continue
            }
            if columns.device != nil, try !namesItself(group, segment, columns) { return false }
            var wanted = group
            for index in group.runs.indices where group.runs[index].isWanted {
                let run = group.runs[index]
                let device = topics[run.topicNumber] ?? DeviceTopic.parse(run.topic).device
                topics[run.topicNumber] = device
                let needs = device.flatMap { devices[$0]?.needs } ?? RecentDevice.Needs()
                wanted.runs[index].isWanted =
                    needs.samples && group.shape.kind == .telemetry
                    || columns.tells(status: needs.status, firmware: needs.firmware, model: needs.model)
            }
            guard wanted.runs.contains(where: \.isWanted) else { continue }
            let values = try DeviceValues(wanted, segment, columns)
            for run in wanted.runs where run.isWanted {
                guard let device = topics[run.topicNumber], let needs = devices[device]?.needs else { continue }
                values.tell(&words[device, default: RecentDevice.Words()], run, needs)
            }
        }
        return true
    }

    /// Whether all payloads of a group that name a device name the one of the topic.
    private func namesItself(
        _ group: FieldSegment.Group, _ segment: FieldSegment, _ columns: DeviceColumns
    ) throws(FieldDamage) -> Bool {
        guard let slot = columns.device else { return true }
        let column = try segment.column(slot, of: group)
        for run in group.runs where run.isWanted {
            guard let device = DeviceTopic.parse(run.topic).device else { continue }
            var last: Int?
            for row in run.rows {
                if let last, column.isSame(last, as: row) { continue }
                last = row
                guard let text = column.textOrNumber(row), !text.isEmpty else { continue }
                if DeviceID(text) != device { return false }
            }
        }
        return true
    }
}
