import DeviceProtocol
import Tape

/// Messages of one shape out of one segment, or messages that come whole, with what a scan needs to know of each.
final class ScanUnit {
    /// Rows that have their topic in common, in order of arrival.
    struct Run {
        var rows: Range<Int>
        var topic: String
        var device: DeviceID?
        var kind: MessageKind
    }

    var runs: [Run]
    /// The segment's group; nil for messages that come whole.
    let group: FieldSegment.Group?
    /// Times of arrival, ns; empty where nobody needs them.
    let arrivals: [Int64]
    private let moments: FieldMoments?
    private let sequences: [Int64]
    private let duplicates: [Bool]?
    private let messages: [RecordedMessage]
    /// Where the message of a row is; empty for: at the row's own place.
    private let places: [Int32]

    /// What a scan needs to know of each message.
    struct Needs {
        let arrivals: Bool
        let sequences: Bool
        let sessions: Bool
        /// Whether rows must be brought into order of arrival.
        let order: Bool
        /// Whether redeliveries are left out.
        let leavesOutDuplicates: Bool

        /// What a plan reads and a filter asks.
        init(_ plan: ScanPlan, _ filter: ScanFilter, leavesOutDuplicates: Bool = false) {
            arrivals = plan.reads(anyOf: "time", "time_ns") || filter.arrivals != Int64.min...Int64.max
            sequences = plan.reads("seq") || filter.sequences != Int64.min...Int64.max
            sessions = plan.reads("session") || filter.sessions != nil
            order = plan.order == .arrival
            self.leavesOutDuplicates = leavesOutDuplicates
        }
    }

    /// Takes the wanted runs of a group.
    ///
    /// - Parameters:
    ///   - group: the group; of runs that are not wanted nothing is read.
    ///   - segment: where it is from.
    ///   - runs: the wanted runs.
    ///   - needs: what is needed of each message.
    ///   - isWhole: whether the messages are restored, because columns do not tell.
    /// - Throws: ``FieldDamage`` where something cannot be restored.
    init(
        _ group: FieldSegment.Group, _ segment: FieldSegment, runs: [Run], _ needs: Needs, isWhole: Bool
    ) throws(FieldDamage) {
        self.runs = runs
        self.group = group
        sequences = needs.sequences ? try segment.sequences(of: group) : []
        let needsMoments = needs.order || needs.sessions
        let moments = needsMoments ? try segment.moments(of: group) : nil
        self.moments = moments
        if let moments {
            arrivals = moments.arrivals
        } else {
            arrivals = needs.arrivals ? try segment.arrivals(of: group) : []
        }
        duplicates = needs.leavesOutDuplicates ? try segment.duplicates(of: group) : nil
        guard isWhole else {
            messages = []
            places = []
            return
        }
        let messages = try segment.messages(of: group)
        var places = [Int32](repeating: -1, count: group.count)
        var next: Int32 = 0
        for run in group.runs where run.isWanted {
            for row in run.rows {
                places[row] = next
                next += 1
            }
        }
        self.messages = messages
        self.places = places
    }

    /// Takes messages that are not sealed yet.
    init(_ messages: [RecordedMessage], _ needs: Needs) {
        self.messages = needs.leavesOutDuplicates ? messages.filter { $0.duplicateOf == nil } : messages
        var runs: [Run] = []
        for (row, message) in self.messages.enumerated() {
            let topic = DeviceTopic.parse(message.topic)
            runs.append(Run(rows: row..<row + 1, topic: message.topic, device: topic.device, kind: topic.kind))
        }
        self.runs = runs
        group = nil
        arrivals = []
        moments = nil
        sequences = []
        duplicates = nil
        places = []
    }

    /// The message of a row, where messages come whole.
    func message(_ row: Int) -> RecordedMessage? {
        let place = places.isEmpty ? row : Int(places[row])
        return messages.indices.contains(place) ? messages[place] : nil
    }

    /// Wall time of arrival, ns.
    @inline(__always)
    func arrival(_ row: Int) -> Int64 {
        group == nil ? messages[row].arrival.nanoseconds : arrivals.isEmpty ? 0 : arrivals[row]
    }

    /// Place in the tape.
    func sequence(_ row: Int) -> Int64 {
        group == nil ? messages[row].sequence : sequences.isEmpty ? 0 : sequences[row]
    }

    /// The session.
    func session(_ row: Int) -> Int64 {
        group == nil ? messages[row].session : moments?.session(row) ?? 0
    }

    /// A number that ascends in the order of arrival, comparable within the part of the tape.
    func order(_ row: Int) -> Int64 {
        group == nil ? messages[row].sequence : moments?.order(row) ?? 0
    }

    /// Whether a row fulfils what is asked of each message.
    @inline(__always)
    func isWanted(_ row: Int, _ filter: ScanFilter, looksAtEach: Bool) -> Bool {
        if let duplicates, duplicates[row] { return false }
        guard looksAtEach else { return true }
        return fulfils(row, filter)
    }

    private func fulfils(_ row: Int, _ filter: ScanFilter) -> Bool {
        if filter.arrivals != Int64.min...Int64.max, !filter.arrivals.contains(arrival(row)) { return false }
        if filter.sequences != Int64.min...Int64.max, !filter.sequences.contains(sequence(row)) { return false }
        if let sessions = filter.sessions, !sessions.contains(session(row)) { return false }
        return true
    }
}
