/// Finds commands by what messages say of them, in little room: of a name it keeps a hash of 64 bits.
///
/// Devices go by the tracker's numbers. The hash is keyed anew in each process, so that nobody can choose names that
/// collide; of a million commands two do by chance once in thirty million tapes.
struct CommandIndex {
    /// What tells a command from others of its device.
    enum Name: Hashable {
        case id(CommandID)
        /// The id of a child's command, under the device that speaks for the child.
        case spokenFor(CommandID)
        case correlation([UInt8])
    }

    private static let ambiguous = UInt32.max

    private var hashes: [UInt64] = []
    private var numbers: [UInt32] = []
    /// Places in the two above, from 1; 0 where nothing is; a power of two of them.
    private var slots: [UInt32] = []

    /// The commands that each device has not ended, by its number.
    private var open: [Open] = []

    /// Commands that have not ended, in constant room, however many a device never answers.
    private struct Open {
        var count = 0
        /// Their numbers, combined by exclusive or: of one alone, its number.
        var combined = 0
    }

    init() {
        // Growing again and again would cost more than looking up; the room is not touched until it is needed.
        slots = Array(repeating: 0, count: 1 << 14)
    }

    /// The command of that name; nil when there is none, or more than one.
    func find(_ name: Name, _ device: Int32) -> Int? {
        let entry = slots[slot(Self.hash(name, device))]
        guard entry > 0, numbers[Int(entry) - 1] != Self.ambiguous else { return nil }
        return Int(numbers[Int(entry) - 1])
    }

    /// Gives a command a name, under its own device or the one that speaks for it.
    mutating func note(_ name: Name, _ device: Int32, _ number: Int) {
        let hash = Self.hash(name, device)
        let number = UInt32(clamping: number)
        let place = slot(hash)
        let entry = Int(slots[place])
        if entry > 0 {
            if numbers[entry - 1] != number { numbers[entry - 1] = Self.ambiguous }
            return
        }
        hashes.append(hash)
        numbers.append(number)
        slots[place] = UInt32(clamping: hashes.count)
        if hashes.count > slots.count / 3 * 2 { grow() }
    }

    private static func hash(_ name: Name, _ device: Int32) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(device)
        hasher.combine(name)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// Where a hash is, or would be put.
    private func slot(_ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] > 0, hashes[Int(slots[slot]) - 1] != hash { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let count = slots.count * 2
        slots = []
        slots = Array(repeating: 0, count: count)
        for index in hashes.indices { slots[slot(hashes[index])] = UInt32(clamping: index + 1) }
    }

    // MARK: Open commands

    /// The only command that a device has not ended; nil where it has none or several.
    func onlyOpen(_ device: Int32) -> Int? {
        guard open.indices.contains(Int(device)), open[Int(device)].count == 1 else { return nil }
        return open[Int(device)].combined
    }

    /// Notes that a command of a device began or ended.
    mutating func setOpen(_ number: Int, _ device: Int32, _ isOpen: Bool) {
        let device = Int(device)
        while open.count <= device { open.append(Open()) }
        open[device].count += isOpen ? 1 : -1
        open[device].combined ^= number
    }
}
