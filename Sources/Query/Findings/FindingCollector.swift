import DeviceProtocol
import Tape

/// Collects the findings of a tape: of the sealed part by classes of messages, of the rest message by message.
struct FindingCollector {
    private(set) var report = FindingReport()
    /// Messages that were looked at, one by one or by their class.
    private(set) var messages = 0
    /// Redeliveries that were left out.
    private(set) var duplicates = 0
    private(set) var damages: [TapeError] = []

    private let selection: Selection
    private let since: Int64
    private let until: Int64

    /// Messages that are in memory at once at most.
    private static let batch = 4_096

    init(_ selection: Selection) {
        self.selection = selection
        since = selection.since?.nanoseconds ?? .min
        until = selection.until?.nanoseconds ?? .max
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    mutating func read(_ tape: TapeReader) throws(TapeError) {
        let scan = try tape.fields(selection)
        while let part = try scan.next() {
            report.beginPart()
            switch part {
            case .messages(let messages):
                for message in messages {
                    guard message.duplicateOf == nil else {
                        duplicates += 1
                        continue
                    }
                    let topic = DeviceTopic.parse(message.topic)
                    self.messages += 1
                    report.take(message, at: message.sequence, topic.device, Self.decode(message, topic))
                }
            case .segment(let segment):
                do throws(FieldDamage) {
                    for group in segment.groups { try take(group, segment) }
                } catch {
                    scan.note(error, in: segment)
                }
            }
        }
        damages = scan.damages
    }

    private static func decode(_ message: RecordedMessage, _ topic: DeviceTopic) -> DecodedMessage {
        DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
    }

    // MARK: Segments

    /// Messages of one topic and class.
    private struct Pile {
        var device: DeviceID?
        var kind: MessageKind
        var number: UInt64
        var first: Int
        var occurrence: FindingReport.Occurrence
    }

    private mutating func take(_ group: FieldSegment.Group, _ segment: FieldSegment) throws(FieldDamage) {
        let topics = group.runs.map { $0.isWanted ? DeviceTopic.parse($0.topic).device : nil }
        let moments = try segment.moments(of: group)
        let repeats = try segment.duplicates(of: group)
        var classes = FindingClasses(group)
        try classes?.read(group, segment, topics)
        var piles: [Pile] = []
        var odd = [Bool](repeating: false, count: group.count)
        for (index, run) in group.runs.enumerated() where run.isWanted {
            var own: [UInt64: Int] = [:]
            for row in run.rows where isSelected(row, moments) {
                if let repeats, repeats[row] {
                    duplicates += 1
                    continue
                }
                messages += 1
                guard let number = classes?[row], number != FindingClasses.odd else {
                    odd[row] = true
                    continue
                }
                let arrival = Timestamp(nanoseconds: moments.arrivals[row])
                if let pile = own[number] {
                    piles[pile].occurrence.count += 1
                    piles[pile].occurrence.first = min(piles[pile].occurrence.first, arrival)
                    piles[pile].occurrence.last = max(piles[pile].occurrence.last, arrival)
                } else {
                    own[number] = piles.count
                    piles.append(
                        Pile(
                            device: topics[index], kind: group.shape.kind, number: number, first: row,
                            occurrence: .init(count: 1, first: arrival, last: arrival)))
                }
            }
        }
        try count(piles, group, segment, moments)
        try look(at: odd, group, segment, moments)
    }

    private func isSelected(_ row: Int, _ moments: FieldMoments) -> Bool {
        let arrival = moments.arrivals[row]
        guard arrival >= since, arrival < until else { return false }
        return selection.sessions.isEmpty || selection.sessions.contains(moments.session(row))
    }

    /// Counts messages by their classes: one message of each class tells what is odd about all of them.
    private mutating func count(
        _ piles: [Pile], _ group: FieldSegment.Group, _ segment: FieldSegment, _ moments: FieldMoments
    ) throws(FieldDamage) {
        var examples: [UInt64: Int] = [:]
        for pile in piles where examples[pile.number] == nil { examples[pile.number] = pile.first }
        var codes: [UInt64: [String]] = [:]
        let numbers = Dictionary(examples.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        try forEach(Array(numbers.keys), group, segment) { row, _, decoded in
            guard let number = numbers[row] else { return }
            var own: [String] = []
            for finding in decoded.findings where !own.contains(finding.code) { own.append(finding.code) }
            codes[number] = own
        }
        var new: [Int: Set<String>] = [:]
        for pile in piles {
            let order = moments.order(pile.first)
            for code in codes[pile.number] ?? [] where report.wantsExample(Self.key(pile, code), at: order) {
                new[pile.first, default: []].insert(code)
            }
        }
        if !new.isEmpty { try exemplify(new, group, segment, moments) }
        for pile in piles {
            for code in codes[pile.number] ?? [] { report.add(Self.key(pile, code), pile.occurrence) }
        }
    }

    private static func key(_ pile: Pile, _ code: String) -> FindingReport.Key {
        FindingReport.Key(device: pile.device, kind: pile.kind, code: code)
    }

    /// Looks at messages that are the first ones with a finding, since sentences name particulars.
    private mutating func exemplify(
        _ codes: [Int: Set<String>], _ group: FieldSegment.Group, _ segment: FieldSegment, _ moments: FieldMoments
    ) throws(FieldDamage) {
        let rows = Array(codes.keys)
        let numbers = try segment.sequences(of: group)
        var found: [Int: (device: DeviceID?, arrival: Timestamp, findings: [Finding])] = [:]
        try forEach(rows, group, segment) { row, message, decoded in
            found[row] = (DeviceTopic.parse(message.topic).device, message.arrival, decoded.findings)
        }
        for row in rows {
            guard let (device, arrival, findings) = found[row] else { continue }
            for finding in findings where codes[row]?.contains(finding.code) ?? false {
                let key = FindingReport.Key(device: device, kind: group.shape.kind, code: finding.code)
                report.exemplify(key, at: moments.order(row), arrival, numbers[row], finding.detail)
            }
        }
    }

    /// Looks at messages themselves.
    private mutating func look(
        at rows: [Bool], _ group: FieldSegment.Group, _ segment: FieldSegment, _ moments: FieldMoments
    ) throws(FieldDamage) {
        let all = rows.indices.filter { rows[$0] }
        guard !all.isEmpty else { return }
        let numbers = try segment.sequences(of: group)
        var report = report
        self.report = FindingReport()
        defer { self.report = report }
        try forEach(all, group, segment) { row, message, decoded in
            var message = message
            message.sequence = numbers[row]
            report.take(message, at: moments.order(row), DeviceTopic.parse(message.topic).device, decoded)
        }
    }

    /// Decodes some rows of a group, in the order of the rows.
    private func forEach(
        _ rows: [Int], _ group: FieldSegment.Group, _ segment: FieldSegment,
        _ body: (Int, RecordedMessage, DecodedMessage) -> Void
    ) throws(FieldDamage) {
        var rest = rows.sorted()[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batch)
            rest = rest.dropFirst(batch.count)
            var only = [Bool](repeating: false, count: group.count)
            for row in batch { only[row] = true }
            for (row, message) in zip(batch, try segment.messages(of: group, only: only)) {
                body(row, message, Self.decode(message, DeviceTopic.parse(message.topic)))
            }
        }
    }
}
