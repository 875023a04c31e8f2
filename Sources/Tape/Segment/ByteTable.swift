/// Byte strings, each under a number: the position at which it was first inserted.
///
/// Open addressing over one arena; no allocation for a look-up.
struct ByteTable {
    private(set) var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// Positions in `entries`, plus 1; 0 is free.
    ///
    /// The size is a power of two, at most half full.
    private var slots: [UInt32] = Array(repeating: 0, count: 16)
    private let seed: UInt64

    private struct Entry {
        var hash: UInt64
        var start: Int
        var count: Int
    }

    /// The seed makes it impossible to prepare keys that collide; what the table answers does not depend on it.
    init() {
        seed = UInt64.random(in: .min ... .max)
    }

    var count: Int { entries.count }

    /// The bytes under a number.
    subscript(number: Int) -> ArraySlice<UInt8> {
        let entry = entries[number]
        return bytes[entry.start..<entry.start + entry.count]
    }

    /// The number of a key, or nil where it was not inserted.
    func number(of key: Span<UInt8>) -> Int? {
        find(key, hash: hash(key)).number
    }

    /// The number of a key, and whether it is new: then it was inserted.
    mutating func insert(_ key: Span<UInt8>) -> (number: Int, isNew: Bool) {
        let hash = hash(key)
        let found = find(key, hash: hash)
        if let number = found.number { return (number, false) }
        let start = bytes.count
        bytes.append(key)
        entries.append(Entry(hash: hash, start: start, count: key.count))
        slots[found.slot] = UInt32(truncatingIfNeeded: entries.count)
        if entries.count * 2 > slots.count { grow() }
        return (entries.count - 1, true)
    }

    private func find(_ key: Span<UInt8>, hash: UInt64) -> (number: Int?, slot: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let position = Int(slots[slot])
            if position == 0 { return (nil, slot) }
            let entry = entries[position - 1]
            if entry.hash == hash, entry.count == key.count, bytes.span.matches(key, at: entry.start) {
                return (position - 1, slot)
            }
            slot = (slot + 1) & mask
        }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(truncatingIfNeeded: index + 1)
        }
    }

    private func hash(_ key: Span<UInt8>) -> UInt64 {
        key.hash(seed: seed)
    }
}
