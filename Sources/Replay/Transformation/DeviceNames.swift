import DeviceProtocol

/// The new ids of devices, for each copy of the fleet.
struct DeviceNames {
    /// Recorded ids that are looked for in texts, with the ids of the first copy.
    let table: TokenTable
    private let devices: DeviceMapping
    private let copies: Int
    /// Which entries of the table were found anywhere.
    private var isSeen: [Bool]
    /// Ids of further copies by entry and copy; emptied when there are many.
    private var derived: [Int: [UInt8]] = [:]
    private static let derivedLimit = 65_536

    init(_ transformation: Transformation) {
        devices = transformation.devices
        copies = transformation.fanOut.copies
        var sources = Set(transformation.devices.targets.keys)
        if copies > 1 { sources.formUnion(transformation.knownDevices) }
        var table = TokenTable()
        // A fixed order, so that what is found does not depend on the hash of this run.
        for source in sources.sorted() {
            let target = transformation.devices.target(of: source)
            table.add(Array(source.text.utf8), target: Array(target.text.utf8))
        }
        self.table = table
        isSeen = [Bool](repeating: false, count: table.entries.count)
    }

    /// The new id where an entry was found.
    mutating func target(_ entry: Int, copy: Int) -> [UInt8] {
        isSeen[entry] = true
        guard copy > 0 else { return table.entries[entry].target }
        let key = entry &* copies &+ copy
        if let known = derived[key] { return known }
        let first = table.entries[entry].target
        let id = FanOut.id(of: first.span, copy: copy)
        if derived.count >= Self.derivedLimit { derived.removeAll(keepingCapacity: true) }
        derived[key] = id
        return id
    }

    /// The new id of a text that is known to be a device's id.
    mutating func target(of device: Span<UInt8>, copy: Int) -> [UInt8] {
        if let entry = table.entry(device) { return target(entry, copy: copy) }
        return FanOut.id(of: device, copy: copy)
    }

    mutating func target(of device: DeviceID, copy: Int) -> DeviceID {
        guard !table.isEmpty || copy > 0 else { return device }
        return DeviceID(String(decoding: target(of: device.text.utf8Span.span, copy: copy), as: UTF8.self))
    }

    /// Devices that have a new id and were found.
    var seen: Set<DeviceID> {
        Set(
            zip(table.entries, isSeen).compactMap { entry, isSeen in
                isSeen ? DeviceID(String(decoding: entry.source, as: UTF8.self)) : nil
            })
    }
}
