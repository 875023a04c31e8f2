import DeviceProtocol
import JSONScan
import Tape

/// Says what became of messages in the words of a report.
struct Judge {
    let settings: DiffSettings
    let base: ContentReader
    let candidate: ContentReader
    let offset: Int64
    /// When the base, and the candidate, may have lost messages.
    let gaps: (base: GapIntervals, candidate: GapIntervals)

    /// What a message or a pair of messages comes to.
    struct Ruling {
        /// Nil where they are the same.
        var verdict: Verdict?
        var differences: [Difference] = []
    }

    /// Judges two messages that are each other's counterpart.
    func pair(
        _ left: PendingMessage, _ right: PendingMessage, isReordered: Bool, _ stream: MessageStream
    ) -> Ruling {
        let lateness = lateness(left, right)
        var changes: [ContentChange] = []
        if mayDiffer(left, right, stream.rules) {
            changes = stream.rules.changes(
                stream.rules.filtered(base.content(left.message, left.topic.topic), hidesTolerated: false),
                stream.rules.filtered(candidate.content(right.message, right.topic.topic), hidesTolerated: false))
        }
        if !changes.isEmpty {
            return changed(left, right, changes, lateness, stream)
        }
        let verdict: Verdict? =
            isReordered ? .reordered : lateness.magnitude > stream.tolerance.magnitude ? .late : nil
        guard let verdict, !isIgnored(verdict, left.topic) else { return Ruling() }
        return Ruling(verdict: verdict, differences: [difference(verdict, left, right, [], lateness)])
    }

    /// Judges a message without counterpart.
    func single(_ message: PendingMessage) -> Ruling {
        let verdict: Verdict = message.isBase ? .missing : .extra
        if isIgnored(verdict, message.topic) { return Ruling() }
        let payload = ContentReader.shown(message.message.payload)
        let change = ContentChange(
            path: "", base: message.isBase ? payload : nil, candidate: message.isBase ? nil : payload)
        var difference = difference(
            verdict, message.isBase ? message : nil, message.isBase ? nil : message, [change], nil)
        difference.isInGap =
            message.isBase
            ? gaps.candidate.contain(message.time &+ offset) : gaps.base.contain(message.time &- offset)
        return Ruling(verdict: verdict, differences: [difference])
    }

    /// Whether contents must be compared: where digests are equal only tolerated numbers can differ.
    private func mayDiffer(_ left: PendingMessage, _ right: PendingMessage, _ rules: ContentRules) -> Bool {
        // Without digests they were the same byte for byte.
        guard let first = left.digest, let second = right.digest else { return false }
        return first.hash != second.hash || rules.hasTolerances
    }

    private func changed(
        _ left: PendingMessage, _ right: PendingMessage, _ changes: [ContentChange], _ lateness: Int64,
        _ stream: MessageStream
    ) -> Ruling {
        guard stream.key.kind == .telemetry else {
            if isIgnored(.changed, left.topic) { return Ruling() }
            return Ruling(verdict: .changed, differences: [difference(.changed, left, right, changes, lateness)])
        }
        // Telemetry is told metric by metric.
        var ruling = Ruling()
        for change in changes {
            let verdict: Verdict = change.base == nil ? .extra : change.candidate == nil ? .missing : .changed
            if isIgnored(verdict, left.topic) { continue }
            var one = difference(verdict, left, right, [change], lateness)
            one.key = Self.metric(change.path)
            ruling.differences.append(one)
        }
        if !ruling.differences.isEmpty { ruling.verdict = .changed }
        return ruling
    }

    /// The metric, or the field of the message, that a path leads to.
    private static func metric(_ path: String) -> String {
        let prefix = "/telemetries/"
        let name = path.utf8.starts(with: prefix.utf8) ? path.dropFirst(prefix.count) : path.drop { $0 == "/" }
        return String(name).replacing("~1", with: "/").replacing("~0", with: "~")
    }

    private func difference(
        _ verdict: Verdict, _ left: PendingMessage?, _ right: PendingMessage?, _ changes: [ContentChange],
        _ lateness: Int64?
    ) -> Difference {
        let stream = (left ?? right)?.topic.stream
        let device = stream?.device.map(settings.devices.base)
        return Difference(
            device: device, candidateDevice: device == stream?.device ? nil : stream?.device,
            kind: stream?.kind ?? .unknown, key: (left ?? right).map(MessageDigest.key) ?? "", verdict: verdict,
            base: left.map { Difference.Place(sequence: $0.message.sequence, arrival: $0.message.arrival) },
            candidate: right.map { Difference.Place(sequence: $0.message.sequence, arrival: $0.message.arrival) },
            changes: changes, lateness: lateness)
    }

    /// How much later the candidate has it: than the command it answers asks for, else than the run.
    private func lateness(_ left: PendingMessage, _ right: PendingMessage) -> Int64 {
        if let first = left.cause, let second = right.cause {
            return (right.time &- second.time) &- (left.time &- first.time)
        }
        return right.time &- left.time &- offset
    }

    private func isIgnored(_ verdict: Verdict, _ topic: ComparedTopic) -> Bool {
        settings.rules.ignore.contains { rule in
            guard rule.verdict == verdict, rule.scope.kind == nil || rule.scope.kind == topic.stream.kind else {
                return false
            }
            guard let pattern = rule.scope.device else { return true }
            guard let device = topic.stream.device else { return false }
            return pattern.matches(device.text) || pattern.matches(settings.devices.base(of: device).text)
        }
    }
}

/// The times at which a tape may have lost messages.
struct GapIntervals {
    private let intervals: [ClosedRange<Int64>]

    init(_ side: DiffSide) throws(TapeError) {
        let gaps = try side.tape.gaps(since: side.selection.since, until: side.selection.until)
        intervals = gaps.map { gap in
            let from = gap.beganAt.nanoseconds
            return from...max(from, gap.endedAt?.nanoseconds ?? .max)
        }
    }

    func contain(_ time: Int64) -> Bool { intervals.contains { $0.contains(time) } }
}
