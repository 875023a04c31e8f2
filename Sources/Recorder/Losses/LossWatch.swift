import DeviceProtocol
import Tape

/// Puts together what shows that the broker did not deliver everything: holes in the packet identifiers, the broker's
/// own counter of dropped messages, and how long the socket was not read empty.
///
/// Without any I/O. Times are monotonic, ns.
struct LossWatch {
    /// A row of the ledger as far as it is known; it may still grow.
    struct Row: Equatable {
        /// The row on the tape, once it is there.
        var id: Int64?
        var cause: Gap.Cause
        var from: Int64
        var until: Int64
        var missing: Int64?
        var detail: String
        /// Whether the tape does not say it yet.
        var isChanged = true
    }

    /// Rows closer together than this are one, ns.
    static let nearness: Int64 = 10_000_000_000
    /// Not reading the socket empty for less than this is normal, ns.
    static let patience: Int64 = 2_000_000_000
    /// A broker that has more for us than its window holds sends it within this time of being acknowledged, ns.
    static let refill: Int64 = 200_000_000

    private(set) var sequence = PacketSequence()
    /// The last instant at which the broker had nothing queued for us.
    ///
    /// The socket was read empty, and no batch had been full for a while. What it dropped before the next sign of it, it dropped later than this.
    private(set) var calm: Int64
    /// The last instant at which the socket was read empty.
    private var drained: Int64
    /// The last instant at which it was not.
    private var busy = Int64.min / 2
    /// Whether deliveries at QoS 0 have come, which have no packet identifier to count by.
    private(set) var hasUnnumbered = false

    /// Deliveries that never came, by their identifiers.
    private(set) var numbered: Row?
    private var recovered: Int64 = 0
    /// When the last delivery with an identifier came.
    private(set) var lastNumbered: Int64?
    /// Drops by the broker's counter that no hole in the identifiers explains.
    private(set) var counted: Row?
    /// Times in which the recorder did not keep up, where nothing tells whether something was lost.
    private(set) var behind: Row?
    /// A time that the next delivery's number will prove harmless, or not.
    private var unproven: (from: Int64, until: Int64)?

    /// Whether the broker's counter is being read.
    var hasCounter = false
    /// Drops that the numbers of the broker's other clients of ours show.
    var numberedElsewhere: Int64 = 0
    /// Whether another client of ours has deliveries without a number, so that nobody knows whose drops were counted.
    var sharesCounter = false
    /// Drops that the numbers show.
    var numberedDrops: Int64 { total.numbered }
    private var counter: Int64?
    /// Whether the broker has told of itself without telling the counter.
    private var isQuiet = false
    /// The counter when it first rose, from nobody knows what.
    private var unknownRise: Int64?
    /// When the broker's counter was last seen to have risen.
    private(set) var lastRise: Int64?
    /// Sums over the recording: what the counter rose by, what the identifiers explain, what rows say.
    private var total: (counter: Int64, numbered: Int64, rows: Int64) = (0, 0, 0)
    private var isUnsettled = false
    /// The last two instants at which the counter had been read, and everything that had come before.
    private var settled: (last: Int64, previous: Int64)
    /// The time not kept up with since the last settled instant.
    private var pressure: (from: Int64, until: Int64)?

    init(at now: Int64) {
        calm = now
        drained = now
        settled = (now, now)
    }

    // MARK: Deliveries

    /// Notes a delivery; on the path of every message.
    mutating func delivered(packetID: UInt16?, dup: Bool, at now: Int64) {
        guard let packetID else {
            hasUnnumbered = true
            return
        }
        lastNumbered = now
        switch sequence.note(packetID, dup: dup) {
        case .none:
            if !dup, let stretch = unproven, calm > stretch.until { unproven = nil }
        case .jump(let count):
            unproven = nil
            miss(Int64(count), now)
        case .recovered:
            recovered += 1
            guard var row = numbered, let missing = row.missing else { return }
            row.missing = max(0, missing - 1)
            numbered = described(row)
        }
    }

    private mutating func miss(_ count: Int64, _ now: Int64) {
        total.numbered += count
        if var row = numbered, calm <= row.until &+ Self.nearness {
            row.from = min(row.from, calm)
            row.until = max(row.until, now)
            row.missing = (row.missing ?? 0) + count
            numbered = described(row)
        } else {
            recovered = 0
            retire(numbered)
            numbered = described(
                Row(cause: .brokerDropped, from: min(calm, now), until: now, missing: count, detail: ""))
        }
    }

    private func described(_ row: Row) -> Row {
        var row = row
        row.isChanged = true
        let came = recovered == 0 ? "" : "\(recovered) more came after a reconnect"
        if row.missing == 0 {
            row.cause = .stuck
            row.detail = came
        } else {
            row.cause = .brokerDropped
            row.detail = "by the packet identifiers, QoS 1 and 2 only" + (came.isEmpty ? "" : "; \(came)")
        }
        return row
    }

    /// Notes whether a turn of the recording read the socket empty.
    ///
    /// - Parameters:
    ///   - isDrained: whether it did.
    ///   - began: when it began to read; the process may have been stopped since.
    ///   - now: the time.
    mutating func turn(drained isDrained: Bool, began: Int64, at now: Int64) {
        guard isDrained else {
            busy = now
            return
        }
        if now &- drained >= Self.patience { pressed(from: calm, until: now) }
        drained = now
        if began &- busy >= Self.refill { calm = began }
        if isUnsettled { settle(at: now) }
    }

    /// The time that was not kept up with, where nothing proves yet that it did no harm.
    private mutating func pressed(from: Int64, until: Int64) {
        if isComplete {
            unproven = (min(unproven?.from ?? from, from), until)
        } else if hasCounter {
            pressure = (min(pressure?.from ?? from, from), until)
        } else {
            note(behind: from, until)
        }
    }

    /// Whether every message that comes has a number, so that none can be missing unseen.
    var isComplete: Bool { sequence.isTrusted && !hasUnnumbered }

    private mutating func note(behind from: Int64, _ until: Int64) {
        let detail =
            hasCounter ? "what the broker dropped was not learned" : "the broker does not tell what it dropped"
        guard var row = behind, from <= row.until &+ Self.nearness else {
            retire(behind)
            behind = Row(cause: .behind, from: from, until: until, missing: nil, detail: detail)
            return
        }
        row.until = max(row.until, until)
        row.isChanged = true
        behind = row
    }

    // MARK: Connections

    /// The connection is gone; what was not kept up with until then is known now.
    mutating func lost(at now: Int64) {
        if now &- drained >= Self.patience { pressed(from: calm, until: now) }
        drained = now
    }

    /// A connection is there; `sessionPresent` says that the broker's session goes on.
    mutating func connected(sessionPresent: Bool, at now: Int64) {
        // The time without a connection has a row of its own.
        drained = now
        if sessionPresent {
            sequence.beginConnection()
        } else {
            sequence.reset()
        }
    }

    /// Takes up a session of an earlier recording.
    ///
    /// - Parameters:
    ///   - packetIDs: its last deliveries, oldest first.
    ///   - end: when it was last known to listen.
    mutating func resume(packetIDs: [UInt16], end: Int64) {
        sequence.learn(packetIDs)
        calm = min(calm, end)
    }

    /// Deliveries that did not come and may lie stuck at the broker until the next connection.
    var suspects: Int { sequence.absentCount }

    /// What a reconnect did not bring does not come any more.
    mutating func giveUpSuspects() {
        sequence.forgetAbsent()
    }

    // MARK: The broker's counter

    /// Notes the broker's count of dropped messages; nil where it tells of itself, but of no message dropped lately.
    mutating func count(_ value: Int64?, at now: Int64) {
        isUnsettled = true
        guard let value else {
            isQuiet = counter == nil
            return
        }
        if let before = counter, value != before {
            lastRise = now
            // A broker that was restarted begins at 0.
            total.counter &+= value >= before ? value - before : max(0, value)
        } else if isQuiet {
            lastRise = now
            unknownRise = value
        }
        isQuiet = false
        counter = value
    }

    /// Settles what the counter said, when everything that was delivered before has been read.
    private mutating func settle(at now: Int64) {
        let rest = total.counter - total.numbered - numberedElsewhere - total.rows
        defer { unknownRise = nil }
        if let most = unknownRise, !isComplete {
            // Whatever of it the numbers show: it is all in this row.
            total.rows += rest
            note(counted: nil, now, "counts for all of its clients and rose to \(most) from an unknown number")
        } else if isComplete {
            // With numbers on all of our messages the other drops were other clients', or show with the next message.
            total.rows += rest
        } else if rest > 0 {
            total.rows += rest
            note(counted: sharesCounter ? nil : rest, now, "counts for all of its clients")
        } else if rest < 0, counted?.missing == nil, counted != nil {
            total.rows += rest
        } else if rest < 0, var row = counted, let missing = row.missing, missing > 0 {
            // The next message has shown that these were numbered.
            row.missing = max(0, missing + rest)
            row.isChanged = true
            counted = row
            total.rows -= missing - (row.missing ?? 0)
        }
        isUnsettled = false
        pressure = nil
        settled = (now, settled.last)
    }

    private mutating func note(counted rest: Int64?, _ now: Int64, _ remark: String) {
        let from = min(settled.previous, pressure?.from ?? .max)
        if var row = counted, from <= row.until &+ Self.nearness, (row.missing == nil) == (rest == nil) {
            row.until = now
            row.missing = rest.map { $0 + (row.missing ?? 0) }
            row.isChanged = true
            counted = row
        } else {
            retire(counted)
            counted = Row(
                cause: .brokerDropped, from: from, until: now, missing: rest,
                detail: "by the broker's counter, which " + remark)
        }
    }

    /// Says at the end what can no longer be proven.
    mutating func finish() {
        for stretch in [pressure, unproven].compactMap(\.self) { note(behind: stretch.from, stretch.until) }
        pressure = nil
        unproven = nil
    }

    // MARK: Rows

    /// Rows that do not grow any more and that the tape does not have yet.
    private var finished: [Row] = []

    private mutating func retire(_ row: Row?) {
        guard let row else { return }
        earlier += row.missing ?? 0
        if row.isChanged { finished.append(row) }
    }

    /// Messages known to be missing by the rows of this recording.
    var missing: Int64 { earlier + [numbered, counted].reduce(0) { $0 + ($1?.missing ?? 0) } }
    /// The same of rows that do not grow any more.
    private var earlier: Int64 = 0

    /// Changed rows, to be stored; `store` answers the row's number.
    mutating func storeRows<Failure: Error>(_ store: (Row) throws(Failure) -> Int64) throws(Failure) {
        while let row = finished.first {
            _ = try store(row)
            finished.removeFirst()
        }
        try Self.store(&numbered, store)
        try Self.store(&counted, store)
        try Self.store(&behind, store)
    }

    private static func store<Failure: Error>(
        _ row: inout Row?, _ store: (Row) throws(Failure) -> Int64
    ) throws(Failure) {
        guard let changed = row, changed.isChanged else { return }
        row?.id = try store(changed)
        row?.isChanged = false
    }
}
