import Tape

/// Recognises redeliveries of messages that already stand on the tape.
///
/// The rule: a delivery is a repeat when its DUP flag is set, and of the last recorded deliveries of the same broker
/// session the latest one with its packet identifier says the same. DUP alone means little: a broker sets it on every
/// redelivery, also of what was never recorded.
///
/// The last deliveries are those that may have been under way when the connection broke. By the standard that are as
/// many as the receive maximum (MQTT 5.0 §3.1.2.11.3), and so many are kept. Mosquitto 2.0.11 sends more: whenever the
/// oldest message under way is acknowledged, it sends as many as the receive maximum from its queue, however many are
/// under way. Where an identifier lies further back than what is kept, ``deepen(with:)`` takes the deliveries of a whole
/// round of identifiers from the tape, for as long as they are needed.
struct DuplicateWindow {
    private struct Entry {
        var packetID: UInt16
        var sequence: Int64
        var content: Int
    }

    /// Deliveries that a whole round of identifiers may reach back: fewer than there are identifiers, so that a message
    /// that was under way and never recorded is not taken for the one that had its identifier a round before.
    static let depth = 61_440

    private let capacity: Int
    /// The last deliveries, in a circle.
    private var entries: [Entry] = []
    /// The place of the next one.
    private var next = 0
    /// Whether nothing of the broker session lies further back than what is kept.
    private var isWhole = false
    /// The latest delivery of each identifier, further back than ``capacity``; nil where that was not asked for.
    private var earlier: [UInt16: Entry]?

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// The earlier recording that a delivery with DUP set repeats, or nil.
    func original(packetID: UInt16, content: Int) -> Int64? {
        // An identifier that came again since then belongs to the later delivery.
        guard let entry = latest(packetID) ?? earlier?[packetID], entry.content == content else { return nil }
        return entry.sequence
    }

    /// Whether all that could be known of an identifier is.
    func reaches(_ packetID: UInt16) -> Bool {
        isWhole || earlier != nil || latest(packetID) != nil
    }

    private func latest(_ packetID: UInt16) -> Entry? {
        var index = next
        for _ in entries.indices {
            index = index == 0 ? entries.count - 1 : index - 1
            if entries[index].packetID == packetID { return entries[index] }
        }
        return nil
    }

    /// Begins with the last deliveries of an earlier recording, oldest first.
    mutating func begin(with deliveries: [Delivery], areAll: Bool) {
        removeAll()
        for delivery in deliveries {
            insert(packetID: delivery.packetID, sequence: delivery.sequence, content: delivery.content)
        }
        isWhole = isWhole && areAll
    }

    /// Takes in deliveries from the tape, oldest first.
    mutating func deepen(with deliveries: [Delivery]) {
        var earlier: [UInt16: Entry] = [:]
        earlier.reserveCapacity(deliveries.count)
        for delivery in deliveries {
            earlier[delivery.packetID] = Entry(
                packetID: delivery.packetID, sequence: delivery.sequence, content: delivery.content)
        }
        self.earlier = earlier
    }

    /// Lets go of what ``deepen(with:)`` took in.
    mutating func forgetEarlier() {
        earlier = nil
    }

    /// Remembers a delivery that was recorded; not for one that is a repeat itself, which its original stands for.
    mutating func insert(packetID: UInt16, sequence: Int64, content: Int) {
        let entry = Entry(packetID: packetID, sequence: sequence, content: content)
        earlier?[packetID] = entry
        if entries.count < capacity {
            entries.append(entry)
            next = entries.count == capacity ? 0 : entries.count
        } else {
            isWhole = false
            entries[next] = entry
            next = next + 1 == capacity ? 0 : next + 1
        }
    }

    /// Forgets everything: the broker began a new session, and with it new packet identifiers.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        earlier = nil
        isWhole = true
        next = 0
    }
}
