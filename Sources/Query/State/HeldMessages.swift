import Tape

/// Messages that are kept for as long as something needs them: a slot is a reason to keep messages.
struct HeldMessages<Slot: Hashable> {
    private var held: [Int64: (message: RecordedMessage, uses: Int)] = [:]
    private var slots: [Slot: [Int64]] = [:]

    /// The messages, oldest first.
    var messages: [RecordedMessage] { held.values.map(\.message).sorted { $0.sequence < $1.sequence } }

    /// The slots in use.
    var usedSlots: Dictionary<Slot, [Int64]>.Keys { slots.keys }

    /// The messages that a slot keeps.
    func messages(of slot: Slot) -> [RecordedMessage] {
        (slots[slot] ?? []).compactMap { held[$0]?.message }
    }

    /// Lets a slot keep this message and no other.
    mutating func replace(_ slot: Slot, with message: RecordedMessage) {
        retain(message)
        for sequence in slots.updateValue([message.sequence], forKey: slot) ?? [] { release(sequence) }
    }

    /// Lets a slot keep this message too; of more than `limit` the second oldest goes.
    mutating func add(_ slot: Slot, _ message: RecordedMessage, limit: Int) {
        guard slots[slot]?.last != message.sequence else { return }
        retain(message)
        slots[slot, default: []].append(message.sequence)
        if let kept = slots[slot], kept.count > max(2, limit) {
            slots[slot]?.remove(at: 1)
            release(kept[1])
        }
    }

    /// Lets go of what a slot keeps.
    mutating func remove(_ slot: Slot) {
        for sequence in slots.removeValue(forKey: slot) ?? [] { release(sequence) }
    }

    private mutating func retain(_ message: RecordedMessage) {
        held[message.sequence, default: (message, 0)].uses += 1
    }

    private mutating func release(_ sequence: Int64) {
        guard let uses = held[sequence]?.uses else { return }
        if uses > 1 { held[sequence]?.uses = uses - 1 } else { held[sequence] = nil }
    }
}
