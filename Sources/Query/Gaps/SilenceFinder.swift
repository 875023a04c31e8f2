import DeviceProtocol
import Tape

/// Finds the silences of devices in the times of their messages.
struct SilenceFinder {
    /// A silence of a device.
    struct Silence {
        var device: DeviceID
        var from: Timestamp
        var until: Timestamp?
        var duration: Int64
        var expected: Int64?
        var unknown: Int64
    }

    private struct Device {
        let id: DeviceID
        var last: Moment?
        var usual = UsualInterval()
    }

    /// Redeliveries that were left out.
    private(set) var duplicates = 0
    private(set) var damages: [TapeError] = []

    private let rule: SilenceRule
    private let blind: Losses
    private var devices: [Device] = []
    private var numbers: [DeviceID: Int] = [:]

    init(_ rule: SilenceRule, _ gaps: [Gap]) {
        self.rule = rule
        blind = Losses(gaps.filter(\.isBlind))
    }

    /// The kinds of message by which a device shows that it is there.
    static let kinds = Set(MessageKind.allCases.filter { $0.defaultDirection == .deviceToCloud })

    /// Reads the times of arrival on the topics of devices.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - selection: which messages; kinds do not matter.
    ///   - found: is given each silence that has ended, roughly in order of time.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    mutating func read(
        _ tape: TapeReader, _ selection: Selection, _ found: (Silence) -> Void
    ) throws(TapeError) {
        var wanted = selection
        wanted.kinds = Self.kinds
        wanted.since = nil
        let scan = try tape.fields(wanted)
        var sightings = Sightings()
        while let part = try scan.next() {
            sightings.removeAll()
            switch part {
            case .messages(let messages):
                for message in messages {
                    if message.duplicateOf != nil {
                        duplicates += 1
                    } else if let device = DeviceTopic.parse(message.topic).device {
                        sightings.add(message.sequence, Moment(message), number(device))
                    }
                }
            case .segment(let segment):
                do throws(FieldDamage) {
                    try take(segment, wanted, &sightings)
                } catch {
                    scan.note(error, in: segment)
                    continue
                }
            }
            sightings.forEach { device, moment in hear(device, moment, found) }
        }
        damages = scan.damages
    }

    private mutating func take(
        _ segment: FieldSegment, _ selection: Selection, _ sightings: inout Sightings
    ) throws(FieldDamage) {
        let until = selection.until?.nanoseconds ?? .max
        var topics = [Int?](repeating: nil, count: segment.topicCount)
        for group in segment.groups {
            let moments = try segment.moments(of: group)
            let repeats = try segment.duplicates(of: group)
            for run in group.runs where run.isWanted {
                if topics[run.topicNumber] == nil, let device = DeviceTopic.parse(run.topic).device {
                    topics[run.topicNumber] = number(device)
                }
                guard let device = topics[run.topicNumber] else { continue }
                for row in run.rows where moments.arrivals[row] < until {
                    if let repeats, repeats[row] {
                        duplicates += 1
                        continue
                    }
                    let moment = moments.moment(row)
                    guard selection.sessions.isEmpty || selection.sessions.contains(moment.session) else { continue }
                    sightings.add(moments.order(row), moment, device)
                }
            }
        }
    }

    private mutating func number(_ device: DeviceID) -> Int {
        if let known = numbers[device] { return known }
        numbers[device] = devices.count
        devices.append(Device(id: device))
        return devices.count - 1
    }

    private mutating func hear(_ number: Int, _ moment: Moment, _ found: (Silence) -> Void) {
        defer { devices[number].last = moment }
        guard let last = devices[number].last else { return }
        let length = moment.since(last)
        let unknown = blind.lost(last.arrival.nanoseconds, moment.arrival.nanoseconds)
        if length >= rule.minimum, var silence = silence(devices[number], last, length, unknown ?? 0) {
            silence.until = moment.arrival
            found(silence)
        }
        if unknown == nil { devices[number].usual.add(length) }
    }

    /// What a time without messages is, if it is a silence.
    private func silence(_ device: Device, _ last: Moment, _ length: Int64, _ unknown: Int64) -> Silence? {
        let known = length &- unknown
        guard known >= rule.minimum else { return nil }
        guard device.usual.hasMedian(upTo: known / max(1, rule.factor)) ?? rule.judgesByMinimumAlone else { return nil }
        return Silence(
            device: device.id, from: last.arrival, until: nil, duration: length, expected: device.usual.median,
            unknown: unknown)
    }

    /// The silences that last until an instant.
    func lasting(until end: Timestamp) -> [Silence] {
        devices.compactMap { device in
            guard let last = device.last, last.arrival < end else { return nil }
            let length = end.nanoseconds &- last.arrival.nanoseconds
            return silence(device, last, length, blind.lost(last.arrival.nanoseconds, end.nanoseconds) ?? 0)
        }
    }
}

/// The times of arrival in a part of a tape, by device.
private struct Sightings {
    private var moments: [[(order: Int64, moment: Moment)]] = []
    private var touched: [Int] = []

    mutating func removeAll() {
        for device in touched { moments[device].removeAll(keepingCapacity: true) }
        touched.removeAll(keepingCapacity: true)
    }

    mutating func add(_ order: Int64, _ moment: Moment, _ device: Int) {
        while moments.count <= device { moments.append([]) }
        if moments[device].isEmpty { touched.append(device) }
        moments[device].append((order, moment))
    }

    /// Goes through the moments of each device in order of arrival.
    mutating func forEach(_ body: (Int, Moment) -> Void) {
        for device in touched {
            // Each shape's messages are in order; only where a device has several must they be put in order.
            if !isOrdered(device) { moments[device].sort { $0.order < $1.order } }
            for (_, moment) in moments[device] { body(device, moment) }
        }
    }

    private func isOrdered(_ device: Int) -> Bool {
        let own = moments[device]
        for index in own.indices.dropFirst() where own[index].order < own[index - 1].order { return false }
        return true
    }
}

extension FieldMoments {
    /// When the message of a row arrived.
    func moment(_ row: Int) -> Moment {
        Moment(arrival: Timestamp(nanoseconds: arrivals[row]), monotonic: monotonic(row), session: session(row))
    }
}
