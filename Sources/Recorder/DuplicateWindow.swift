import Tape

/// Recognises redeliveries of messages that already stand on the tape.
///
/// The rule: a delivery is a repeat when its DUP flag is set, its packet identifier is that of one of the last
/// `capacity` recorded deliveries of the same broker session, and it says the same. DUP alone means little: a broker
/// sets it on every redelivery, also of what was never recorded. `capacity` is the receive maximum: more messages than
/// that cannot have been under way when the connection broke (MQTT 5.0 §3.1.2.11.3).
struct DuplicateWindow {
    private struct Entry {
        var packetID: UInt16
        var sequence: Int64
        var content: Int
    }

    private let capacity: Int
    /// The last deliveries, in a circle.
    private var entries: [Entry] = []
    /// The place of the next one.
    private var next = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// The earlier recording that a delivery with DUP set repeats, or nil.
    func original(packetID: UInt16, content: Int) -> Int64? {
        var index = next
        for _ in entries.indices {
            index = index == 0 ? entries.count - 1 : index - 1
            guard entries[index].packetID == packetID else { continue }
            // An identifier that came again since then belongs to the later delivery.
            return entries[index].content == content ? entries[index].sequence : nil
        }
        return nil
    }

    /// Remembers a delivery that was recorded; not for one that is a repeat itself, which its original stands for.
    mutating func insert(packetID: UInt16, sequence: Int64, content: Int) {
        let entry = Entry(packetID: packetID, sequence: sequence, content: content)
        if entries.count < capacity {
            entries.append(entry)
            next = entries.count == capacity ? 0 : entries.count
        } else {
            entries[next] = entry
            next = next + 1 == capacity ? 0 : next + 1
        }
    }

    /// Forgets everything: the broker began a new session, and with it new packet identifiers.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        next = 0
    }
}
