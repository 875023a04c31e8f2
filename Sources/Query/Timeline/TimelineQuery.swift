public import DeviceProtocol
public import Tape

/// The question for what happened to one device around an instant.
///
/// - The window is one of arrival, half-open. Messages concern the device when their payload names it, or their topic
///   does and the payload names no other; of commands, configurations and the like either is enough.
/// - Numbers are compared with the time before (``before``, ns, that ends where the window begins); see ``MovedMetric``.
/// - A change is told against what the tape held before it: telemetry is followed from the beginning of the time before,
///   everything else from the beginning of the tape.
/// - Redeliveries of one and the same packet are left out.
public struct TimelineQuery: Sendable {
    /// The device.
    public var device: DeviceID
    /// The window, and sessions to which all is restricted.
    public var window: Range<Timestamp>
    /// Sessions; empty for all.
    public var sessions = SessionChoice()
    /// The time before the window that it is compared with, ns.
    public var before: Int64 = 6 * 3_600_000_000_000

    /// Asks for a device and a window.
    public init(_ device: DeviceID, _ window: Range<Timestamp>) {
        self.device = device
        self.window = window
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader) throws(TapeError) -> TimelineAnswer {
        var answer = TimelineAnswer(device: device, window: window)
        let first = try tape.summary().firstArrival ?? window.lowerBound
        answer.baseline = min(max(first, Timestamp(nanoseconds: baseline)), window.lowerBound)..<window.lowerBound
        answer.gaps = try tape.gaps(since: window.lowerBound, until: window.upperBound).filter {
            sessions.isEmpty || sessions.contains($0.session)
        }
        let facts = try facts(tape, &answer)
        let telemetry = try telemetry(tape, &answer)
        let neighbours = try neighbours(tape, facts, telemetry, &answer)
        answer.moved = telemetry.moved
        answer.period = neighbours.period
        let entries =
            facts.entries + telemetry.told + telemetry.clockEvents(period: neighbours.period) + neighbours.silences
            + (try recorder(tape)) + facts.findings.list + telemetry.findings.list
        answer.entries = entries.enumerated().sorted { left, right in
            (left.element.time, left.offset) < (right.element.time, right.offset)
        }
        .map(\.element)
        answer.unreadable = telemetry.unreadable
        answer.pictures = TimelinePictures(facts, telemetry, answer, end: try tape.summary().lastArrival)
        answer.pictures.gaps = try tape.gaps(since: answer.baseline.lowerBound, until: window.upperBound)
        return answer
    }

    private var range: Range<Int64> { window.lowerBound.nanoseconds..<window.upperBound.nanoseconds }

    private var baseline: Int64 {
        let (start, overflow) = range.lowerBound.subtractingReportingOverflow(max(0, before))
        return overflow ? .min : start
    }

    // MARK: Reading

    private func selection(_ kinds: Set<MessageKind>, _ since: Int64?, _ until: Int64?) -> Selection {
        var selection = Selection()
        selection.kinds = kinds
        selection.devices = [device]
        selection.sessions = sessions
        selection.includesDuplicates = false
        selection.since = since.map(Timestamp.init(nanoseconds:))
        selection.until = until.map(Timestamp.init(nanoseconds:))
        selection.mayConcernDevices = { $0.mayNameAnyDevice }
        return selection
    }

    private func facts(_ tape: TapeReader, _ answer: inout TimelineAnswer) throws(TapeError) -> TimelineFacts {
        var facts = TimelineFacts(device, range)
        let kinds = Set(MessageKind.allCases).subtracting([.telemetry])
        let cursor = try tape.messages(selection(kinds, nil, range.upperBound))
        while let message = try cursor.next() {
            if facts.add(message), range.contains(message.arrival.nanoseconds) { answer.messages += 1 }
        }
        answer.damages.note(cursor.damages)
        return facts
    }

    private func telemetry(_ tape: TapeReader, _ answer: inout TimelineAnswer) throws(TapeError) -> TimelineTelemetry {
        var telemetry = TimelineTelemetry(device, range)
        let devices = DeviceSelection([device])
        let cursor = try tape.messages(selection([.telemetry], baseline, range.upperBound))
        while let message = try cursor.next() {
            guard devices.mayConcern(message, DeviceTopic.parse(message.topic)) else { continue }
            let count = telemetry.arrivals.count
            telemetry.add(message)
            if telemetry.arrivals.count > count, range.contains(message.arrival.nanoseconds) { answer.messages += 1 }
        }
        answer.damages.note(cursor.damages)
        return telemetry
    }

    // MARK: Presence

    private func neighbours(
        _ tape: TapeReader, _ facts: TimelineFacts, _ telemetry: TimelineTelemetry, _ answer: inout TimelineAnswer
    ) throws(TapeError) -> (period: Int64?, silences: [TimelineEntry]) {
        // Of what was heard before the window only the last counts; steps of the clock may have put it out of order.
        let all = (facts.heard + telemetry.arrivals).sorted()
        let inside = all.filter { range.contains($0) }
        var heard = inside
        if let last = all.last(where: { $0 < range.lowerBound }) {
            heard.insert(last, at: 0)
        } else if let last = try last(tape) {
            heard.insert(last, at: 0)
        }
        let next = try next(tape)
        if let next { heard.append(next) }
        answer.nearestBefore = heard.first.flatMap { $0 < range.lowerBound ? Timestamp(nanoseconds: $0) : nil }
        answer.nearestAfter = next.map(Timestamp.init(nanoseconds:))
        let end = try tape.summary().lastArrival?.nanoseconds
        let gaps = try tape.gaps(
            since: heard.first.map(Timestamp.init(nanoseconds:)), until: next.map(Timestamp.init(nanoseconds:)))
        let presence = Presence(telemetry: telemetry.arrivals, Losses(gaps))
        let silences = presence.silences(heard, end: next == nil ? end : nil).filter { $0.range.overlaps(range) }
        return (presence.period, silences.map { Self.entry($0, presence.period ?? 0) })
    }

    private static func entry(_ silence: Presence.Silence, _ period: Int64) -> TimelineEntry {
        var entry = TimelineEntry(
            time: Timestamp(nanoseconds: silence.range.lowerBound), event: .silence, what: "")
        let length = silence.range.upperBound &- silence.range.lowerBound
        entry.what = "nothing heard of the device for \(TimelineWords.duration(length))"
        entry.what += ", usually every \(TimelineWords.duration(period))"
        if silence.isLasting {
            entry.what += "; and nothing more up to the end of the tape"
        } else {
            entry.until = Timestamp(nanoseconds: silence.range.upperBound)
        }
        if silence.isPartlyUnknown { entry.what += " (beside it the recording has a gap)" }
        entry.weight = .bad
        return entry
    }

    /// When the device was heard last before the time that is compared with.
    private func last(_ tape: TapeReader) throws(TapeError) -> Int64? {
        let known = try tape.activity().filter { $0.device == device }
        guard let first = known.map(\.firstSeen.nanoseconds).min(), first < range.lowerBound else { return nil }
        var end = range.lowerBound
        var length: Int64 = max(before, 60_000_000_000)
        while end > first {
            let (start, overflow) = end.subtractingReportingOverflow(length)
            let begin = overflow ? Int64.min : start
            let cursor = try tape.messages(selection([], begin, end))
            var last: Int64?
            while let message = try cursor.next() { if isHeard(message) { last = message.arrival.nanoseconds } }
            if let last { return last }
            end = begin
            length = length > .max / 4 ? .max : length * 4
        }
        return nil
    }

    /// When the device was heard first after the window.
    private func next(_ tape: TapeReader) throws(TapeError) -> Int64? {
        var start = range.upperBound
        guard let end = try tape.summary().lastArrival?.nanoseconds else { return nil }
        var length: Int64 = 60_000_000_000
        // Window by window, so that a part of the tape is restored and not all that follows.
        while start <= end {
            let (stop, overflow) = start.addingReportingOverflow(length)
            let cursor = try tape.messages(selection([], start, overflow ? .max : stop))
            while let message = try cursor.next() { if isHeard(message) { return message.arrival.nanoseconds } }
            if overflow { return nil }
            start = stop
            length = length > .max / 8 ? .max : length * 8
        }
        return nil
    }

    /// Whether the device itself sent a message.
    private func isHeard(_ message: RecordedMessage) -> Bool {
        let topic = DeviceTopic.parse(message.topic)
        let (direction, _) = Direction.of(kind: topic.kind, properties: message.properties)
        guard direction == .deviceToCloud else { return false }
        if topic.device == device { return true }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        return decoded.device == device || decoded.message.deviceIDs.contains(device)
    }

    // MARK: Recorder

    private func recorder(_ tape: TapeReader) throws(TapeError) -> [TimelineEntry] {
        var entries: [TimelineEntry] = []
        for session in try tape.sessions() where sessions.isEmpty || sessions.contains(session.id) {
            if range.contains(session.startedAt.nanoseconds) {
                entries.append(
                    TimelineEntry(
                        time: session.startedAt, event: .recorder, subject: "\(session.id)",
                        what: "recording begins (session \(session.id))"))
            }
            if let end = session.endedAt, range.contains(end.nanoseconds) {
                let reason = session.endReason.map { ": \($0)" } ?? ""
                entries.append(
                    TimelineEntry(
                        time: end, event: .recorder, subject: "\(session.id)",
                        what: "recording ends (session \(session.id))\(reason)"))
            }
        }
        for step in try tape.clockSteps() where range.contains(step.at.nanoseconds) {
            let length = TimelineWords.duration(Int64(clamping: step.change.magnitude))
            entries.append(
                TimelineEntry(
                    time: step.at, event: .recorder,
                    what: "the recorder's clock is set \(step.change < 0 ? "back" : "ahead") by \(length)",
                    weight: .notable))
        }
        for mark in try tape.marks() where range.contains(mark.at.nanoseconds) {
            entries.append(TimelineEntry(time: mark.at, event: .mark, what: "mark: \(mark.text)", weight: .notable))
        }
        return entries
    }
}

extension PayloadShape {
    /// Whether messages of this shape may be about another device than the one of their topic.
    var mayNameAnyDevice: Bool {
        if kind == .telemetry { return mayNameDevice }
        guard let keys = memberKeys else { return true }
        return keys.contains("device_id")
    }
}
