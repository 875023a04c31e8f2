/// Finds commands by what messages say of them.
///
/// Devices go by the tracker's numbers.
struct CommandIndex {
    /// What tells a command from others of its device.
    enum Name: Hashable {
        case id(CommandID)
        case correlation([UInt8])
    }

    private struct Key: Hashable {
        var device: Int32
        var name: Name
    }

    private static let ambiguous = -1
    private var numbers: [Key: Int] = [:]
    /// The commands that each device has not ended, by its number.
    private var open: [[Int]] = []

    init() {
        // Growing again and again would cost more than looking up; the room is not touched until it is needed.
        numbers.reserveCapacity(1 << 15)
    }

    /// The command of that name; nil when there is none, or more than one.
    func find(_ name: Name, _ device: Int32) -> Int? {
        numbers[Key(device: device, name: name)].flatMap { $0 == Self.ambiguous ? nil : $0 }
    }

    /// Gives a command a name, under its own device or the one that speaks for it.
    mutating func note(_ name: Name, _ device: Int32, _ number: Int) {
        let key = Key(device: device, name: name)
        let known = numbers.updateValue(number, forKey: key)
        if let known, known != number { numbers[key] = Self.ambiguous }
    }

    /// The commands that a device has not ended.
    func open(_ device: Int32) -> [Int] {
        open.indices.contains(Int(device)) ? open[Int(device)] : []
    }

    /// Says whether a command is one that its device has not ended.
    mutating func setOpen(_ number: Int, _ device: Int32, _ isOpen: Bool) {
        let device = Int(device)
        while open.count <= device { open.append([]) }
        let place = open[device].firstIndex(of: number)
        if isOpen, place == nil { open[device].append(number) }
        if !isOpen, let place { open[device].remove(at: place) }
    }
}
