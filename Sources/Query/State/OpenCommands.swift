import DeviceProtocol

/// The commands that have not ended, found by what messages say of them.
///
/// Grows with open commands and not with those that went by.
struct OpenCommands {
    /// What tells a command from others, compared byte by byte.
    struct Name: Hashable {
        private let device: DeviceID?
        private let bytes: [UInt8]

        /// By the id in the payload.
        init(id: String, _ device: DeviceID?) {
            self.device = device
            bytes = [0] + Array(id.utf8)
        }

        /// By the correlation data of the message.
        init(correlation: [UInt8], _ device: DeviceID?) {
            self.device = device
            bytes = [1] + correlation
        }
    }

    private struct Entry {
        var device: DeviceID?
        var names: [Name]
    }

    private var entries: [Int: Entry] = [:]
    private var numbers: [Name: Int] = [:]
    private var byDevice: [DeviceID?: Set<Int>] = [:]
    private var next = 0
    private var oldest = 0
    /// Names of commands that ended, the newer and the older ones, so that one delivered again does not begin anew.
    private var ended: (new: Set<Name>, old: Set<Name>) = ([], [])

    private static let endedLimit = 100_000

    var count: Int { entries.count }

    /// The open command of that name.
    func find(_ name: Name) -> Int? { numbers[name] }

    /// The only open command of a device; nil where it has none or several.
    func only(_ device: DeviceID?) -> Int? {
        guard let open = byDevice[device], open.count == 1 else { return nil }
        return open.first
    }

    /// Whether a command of that name ended not too long ago.
    func hasEnded(_ name: Name) -> Bool { ended.new.contains(name) || ended.old.contains(name) }

    /// Opens a command and answers its number.
    mutating func open(_ device: DeviceID?, _ names: [Name]) -> Int {
        let number = next
        next += 1
        entries[number] = Entry(device: device, names: names)
        for name in names { numbers[name] = number }
        byDevice[device, default: []].insert(number)
        return number
    }

    /// The one that was opened first.
    mutating func first() -> Int? {
        while oldest < next {
            if entries[oldest] != nil { return oldest }
            oldest += 1
        }
        return nil
    }

    /// Ends a command.
    mutating func close(_ number: Int) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        byDevice[entry.device]?.remove(number)
        if byDevice[entry.device]?.isEmpty ?? false { byDevice[entry.device] = nil }
        for name in entry.names {
            if numbers[name] == number { numbers[name] = nil }
            end(name)
        }
    }

    /// Notes that a command of that name has ended.
    mutating func end(_ name: Name) {
        if ended.new.count >= Self.endedLimit { ended = ([], ended.new) }
        ended.new.insert(name)
    }
}
