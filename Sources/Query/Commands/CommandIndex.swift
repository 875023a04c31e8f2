import DeviceProtocol

/// Finds commands by what messages say of them.
///
/// Ids are compared byte by byte.
struct CommandIndex {
    /// What tells a command from others of its device.
    enum Name: Hashable {
        case id(String)
        case correlation([UInt8])

        static func == (left: Self, right: Self) -> Bool {
            switch (left, right) {
            case (.id(let left), .id(let right)): left.utf8.elementsEqual(right.utf8)
            case (.correlation(let left), .correlation(let right)): left == right
            default: false
            }
        }

        func hash(into hasher: inout Hasher) {
            switch self {
            case .id(var id): id.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            case .correlation(let data): hasher.combine(data)
            }
        }
    }

    private struct Key: Hashable {
        var device: DeviceID?
        var name: Name
    }

    private static let ambiguous = -1
    private var numbers: [Key: Int] = [:]
    private var open: [DeviceID?: [Int]] = [:]

    /// The command of that name; nil when there is none, or more than one.
    func find(_ name: Name, _ device: DeviceID?) -> Int? {
        numbers[Key(device: device, name: name)].flatMap { $0 == Self.ambiguous ? nil : $0 }
    }

    /// Gives a command a name, under its own device or the one that speaks for it.
    mutating func note(_ name: Name, _ device: DeviceID?, _ number: Int) {
        let key = Key(device: device, name: name)
        if let known = numbers[key], known != number {
            numbers[key] = Self.ambiguous
        } else {
            numbers[key] = number
        }
    }

    /// The commands that a device has not ended.
    func open(_ device: DeviceID?) -> [Int] {
        open[device] ?? []
    }

    /// Says whether a command is one that its device has not ended.
    mutating func setOpen(_ number: Int, _ device: DeviceID?, _ isOpen: Bool) {
        let isListed = open[device]?.contains(number) ?? false
        if isOpen, !isListed { open[device, default: []].append(number) }
        if !isOpen, isListed { open[device]?.removeAll { $0 == number } }
    }
}
