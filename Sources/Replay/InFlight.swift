import MQTTWire

/// A message that is to be sent over a connection.
struct Shipment: Sendable {
    var message: OutgoingMessage
    /// When it was due, ns of the monotonic clock; nil when it is not measured.
    var deadline: Int64?
}

/// The messages that were handed to the connection and are not done yet, in the order in which they were: QoS 0 until
/// they are written to the socket, the others until the broker has acknowledged them.
struct InFlight {
    /// A message on its way.
    struct Entry {
        var message: OutgoingMessage
        var packetID: Int32
        /// When it was due, ns of the monotonic clock; nil when it is not measured.
        var deadline: Int64?
    }

    /// Packet identifiers are sixteen bits (MQTT 5.0 §2.2.1) and given out in turn: the oldest and the newest are never a
    /// whole turn apart.
    static let longestSpan = 32_768

    /// Ordered by age; nil where a message is done.
    private var entries: [Entry?] = []
    /// Index of the oldest that is not done.
    private var head = 0
    /// How many entries were removed from the front of the array: number of an entry = index + base.
    private var base = 0
    private var numbers: [Int32: Int] = [:]
    /// The number up to which everything is known to be written to the socket.
    private var written = 0

    /// Messages that wait for an acknowledgement.
    private(set) var unacknowledged = 0
    /// Bytes of all messages on their way, about.
    private(set) var bytes = 0

    /// Whether nothing is on its way.
    var isEmpty: Bool { numbers.isEmpty }
    /// How far apart the oldest and the next message are.
    var span: Int { entries.count - head }

    mutating func add(_ entry: Entry) {
        numbers[entry.packetID] = base + entries.count
        entries.append(entry)
        bytes += entry.message.cost
        if entry.message.qos != .atMostOnce { unacknowledged += 1 }
    }

    /// Marks everything as written to the socket and names each message for which that is new.
    mutating func markWritten(_ visit: (Entry) -> Void) {
        markWritten(through: base + entries.count, visit)
    }

    /// Takes a message that is done, and marks it and all older ones as written.
    mutating func complete(_ packetID: Int32, _ visit: (Entry) -> Void) -> Entry? {
        guard let number = numbers.removeValue(forKey: packetID) else { return nil }
        markWritten(through: number + 1, visit)
        let entry = entries[number - base]
        entries[number - base] = nil
        if let entry {
            bytes -= entry.message.cost
            if entry.message.qos != .atMostOnce { unacknowledged -= 1 }
        }
        while head < entries.count, entries[head] == nil { head += 1 }
        if head == entries.count || head > 4096 {
            entries.removeFirst(head)
            base += head
            head = 0
        }
        return entry
    }

    /// Takes everything that is not done, oldest first, marked as a repeat where it was written before.
    mutating func takeAll() -> [Shipment] {
        var messages: [Shipment] = []
        for (index, entry) in entries.enumerated() {
            guard let entry else { continue }
            var shipment = Shipment(message: entry.message, deadline: entry.deadline)
            if base + index < written { shipment.message.isRepeat = true }
            messages.append(shipment)
        }
        self = InFlight()
        return messages
    }

    private mutating func markWritten(through end: Int, _ visit: (Entry) -> Void) {
        // A message is done only after it is written, so none of these has been taken out yet.
        for number in max(written, base)..<max(end, written, base) {
            if let entry = entries[number - base] { visit(entry) }
        }
        written = max(written, end)
    }
}
