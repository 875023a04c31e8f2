import Tape

/// Recognises redeliveries of messages that already stand on the tape.
///
/// The rule: a delivery is a repeat when its DUP flag is set, its packet identifier is that of one of the last
/// `capacity` recorded deliveries of the same broker session, and it says the same. DUP alone means little: a broker
/// sets it on every redelivery, also of what was never recorded. `capacity` is the receive maximum: more messages than
/// that cannot have been under way when the connection broke (MQTT 5.0 §3.1.2.11.3).
struct DuplicateWindow {
    private struct Entry {
        var ordinal: Int
        var sequence: Int64
        var content: Int
    }

    private let capacity: Int
    /// One place for each packet identifier.
    private var entries: [Entry?]
    private var ordinal = 0

    init(capacity: Int) {
        self.capacity = capacity
        entries = Array(repeating: nil, count: 1 << 16)
    }

    /// The earlier recording that a delivery with DUP set repeats, or nil.
    func original(packetID: UInt16, content: Int) -> Int64? {
        guard let entry = entries[Int(packetID)], ordinal - entry.ordinal < capacity, entry.content == content else {
            return nil
        }
        return entry.sequence
    }

    /// Remembers a delivery that was recorded; not for one that is a repeat itself, which its original stands for.
    mutating func insert(packetID: UInt16, sequence: Int64, content: Int) {
        ordinal += 1
        entries[Int(packetID)] = Entry(ordinal: ordinal, sequence: sequence, content: content)
    }

    /// Forgets everything: the broker began a new session, and with it new packet identifiers.
    mutating func removeAll() {
        entries = Array(repeating: nil, count: 1 << 16)
    }
}
