import DeviceProtocol
import MQTTWire
import Tape

/// Reads what a tape says of commands: the sealed part by columns, the rest message by message.
struct CommandReader {
    private(set) var tracker: CommandTracker
    /// Selected messages that hold neither a command nor an update.
    private(set) var unreadable = 0
    /// Redeliveries that were left out.
    private(set) var duplicates = 0
    private(set) var damages: [TapeError] = []

    private let selection: Selection
    private let devices: DeviceSelection
    private let readsTexts: Bool
    private let since: Int64
    private let until: Int64
    private let lastSession: Int64

    /// - Parameters:
    ///   - selection: which messages make a command selected.
    ///   - readsTexts: whether what devices say for people is wanted.
    ///   - kept: the commands whose lives are wanted, numbered in order of first sight from 0.
    init(_ selection: Selection, readsTexts: Bool, keeping kept: Range<Int>) {
        tracker = CommandTracker(keeping: kept)
        self.selection = selection
        self.readsTexts = readsTexts
        devices = DeviceSelection(selection.devices)
        since = selection.since?.nanoseconds ?? .min
        until = selection.until?.nanoseconds ?? .max
        lastSession = selection.sessions.chosen.max() ?? .max
    }

    /// Reads the tape up to the end of the window.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    mutating func read(_ tape: TapeReader) throws(TapeError) {
        var all = Selection()
        all.until = selection.until
        all.kinds = [.command, .commandUpdate]
        let scan = try tape.fields(all)
        while let part = try scan.next() {
            switch part {
            case .messages(let messages):
                for message in messages {
                    if message.duplicateOf != nil { duplicates += 1 } else { take(message) }
                }
            case .segment(let segment):
                do throws(FieldDamage) {
                    try take(segment)
                } catch {
                    scan.note(error, in: segment)
                }
            }
        }
        damages = scan.damages
    }

    // MARK: Columns

    /// A message of a segment.
    private struct Event {
        var order: Int64
        var source: Int32
        var row: Int32
        var device: Int32
        var fitsTopics: Bool
    }

    /// Where the messages of a group come from.
    private struct Source {
        var moments: FieldMoments
        var columns: CommandColumns?
        /// Row by row, where columns do not tell.
        var messages: [RecordedMessage?] = []
    }

    private mutating func take(_ segment: FieldSegment) throws(FieldDamage) {
        var sources: [Source] = []
        var events: [Event] = []
        var topics = [(device: Int32, fits: Bool)?](repeating: nil, count: segment.topicCount)
        for group in segment.groups {
            let moments = try segment.moments(of: group)
            let repeats = try segment.duplicates(of: group)
            for run in group.runs where run.isWanted {
                let topic =
                    topics[run.topicNumber]
                    ?? (tracker.deviceNumber(DeviceTopic.parse(run.topic).device), fitsTopics(run.topic))
                topics[run.topicNumber] = topic
                for row in run.rows where moments.arrivals[row] < until {
                    if let repeats, repeats[row] {
                        duplicates += 1
                        continue
                    }
                    events.append(
                        Event(
                            order: moments.order(row), source: Int32(truncatingIfNeeded: sources.count),
                            row: Int32(truncatingIfNeeded: row), device: topic.device, fitsTopics: topic.fits))
                }
            }
            sources.append(try source(group, segment, moments))
        }
        events.sort { $0.order < $1.order }
        for event in events { take(event, &sources[Int(event.source)]) }
    }

    private func source(
        _ group: FieldSegment.Group, _ segment: FieldSegment, _ moments: FieldMoments
    ) throws(FieldDamage) -> Source {
        if let columns = try CommandColumns(group, segment, readsTexts: readsTexts) {
            return Source(moments: moments, columns: columns)
        }
        var messages = [RecordedMessage?](repeating: nil, count: group.count)
        var rest = try segment.messages(of: group)[...]
        for run in group.runs where run.isWanted { for row in run.rows { messages[row] = rest.popFirst() } }
        return Source(moments: moments, columns: nil, messages: messages)
    }

    private mutating func take(_ event: Event, _ source: inout Source) {
        let row = Int(event.row)
        guard source.columns != nil else {
            if let message = source.messages[row] { take(message) }
            return
        }
        let session = source.moments.session(row)
        // Sessions follow one another, so what later ones tell lies behind the window.
        guard session <= lastSession else { return }
        let arrival = Timestamp(nanoseconds: source.moments.arrivals[row])
        let sighting = CommandTracker.Sighting(
            arrival: arrival, monotonic: source.moments.monotonic(row), session: session, topicDevice: event.device,
            isSelected: event.fitsTopics && isSelected(arrival, session))
        source.columns?.tell(&tracker, row, sighting)
    }

    // MARK: Messages

    private mutating func take(_ message: RecordedMessage) {
        guard message.session <= lastSession else { return }
        let topic = DeviceTopic.parse(message.topic)
        let isSelected = isSelected(message.arrival, message.session) && fitsTopics(message.topic)
        let sighting = CommandTracker.Sighting(
            arrival: message.arrival, monotonic: message.monotonic, session: message.session,
            topicDevice: tracker.deviceNumber(topic.device), isSelected: isSelected)
        let isReadable = follow(message, topic, sighting)
        if !isReadable, isSelected, devices.contains(topic.device) { unreadable += 1 }
    }

    /// Tells the tracker what a message says; false when it could not be read.
    private mutating func follow(
        _ message: RecordedMessage, _ topic: DeviceTopic, _ sighting: CommandTracker.Sighting
    ) -> Bool {
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        guard let talk = CommandTalk(decoded.message, message.properties) else { return false }
        for word in talk.words { tracker.tell(word, of: talk, sighting) }
        return true
    }

    // MARK: Selection

    private func isSelected(_ arrival: Timestamp, _ session: Int64) -> Bool {
        arrival.nanoseconds >= since && arrival.nanoseconds < until
            && (selection.sessions.isEmpty || selection.sessions.contains(session))
    }

    private func fitsTopics(_ topic: String) -> Bool {
        if !selection.topics.isEmpty, !selection.topics.contains(where: { $0.matches(topic) }) { return false }
        return !selection.excluded.contains { $0.matches(topic) }
    }
}
