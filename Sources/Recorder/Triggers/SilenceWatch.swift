import DeviceProtocol

/// Notices devices that spoke before and say nothing any more.
struct SilenceWatch {
    private let limit: Int64
    /// When each device was heard last, monotonic, ns.
    private var heard: [DeviceID: Int64] = [:]
    private var silent: Set<DeviceID> = []
    /// The recorder can hear since then; what was not heard before says nothing of a device.
    private var listeningSince: Int64 = .min

    static let manyDevices = 65_536

    init(_ limit: Int64) {
        self.limit = limit
    }

    /// A device said something.
    mutating func see(_ device: DeviceID, at monotonic: Int64) {
        if heard[device] == nil, heard.count >= Self.manyDevices {
            // Of those that have gone silent everything was said.
            for old in silent { heard[old] = nil }
            silent.removeAll()
            guard heard.count < Self.manyDevices else { return }
        }
        heard[device] = monotonic
        silent.remove(device)
    }

    /// The recorder was away until now.
    mutating func listen(from monotonic: Int64) {
        listeningSince = monotonic
    }

    /// Looks at the time; gives the devices that have become silent.
    mutating func tick(_ now: Int64) -> [(device: DeviceID, value: String)] {
        guard listeningSince == .min || now &- listeningSince > limit else { return [] }
        var fresh: [(DeviceID, String)] = []
        for (device, last) in heard where now &- last > limit && !silent.contains(device) {
            silent.insert(device)
            fresh.append((device, "silent for \((now &- last) / 1_000_000_000) s"))
        }
        return fresh.sorted { $0.0 < $1.0 }
    }
}
