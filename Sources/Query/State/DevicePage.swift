import DeviceProtocol

/// A stretch of the devices in order of their ids' bytes.
struct DevicePage {
    /// The first one, unless it is the first page.
    private var from: DeviceID?
    /// The first one of the next page, unless it is the last.
    private var to: DeviceID?

    /// How many known devices are on a page.
    private static let size = 2_000

    /// The one page with all devices.
    static let all = DevicePage()

    /// Pages that have room for all devices, also those that are not known.
    static func pages(of known: Set<DeviceID>) -> [DevicePage] {
        guard known.count > size else { return [all] }
        let sorted = known.sorted()
        let starts = stride(from: 0, to: sorted.count, by: size).map { $0 == 0 ? nil : sorted[$0] }
        return starts.indices.map { index in
            DevicePage(from: starts[index], to: index + 1 < starts.count ? starts[index + 1] : nil)
        }
    }

    func contains(_ device: DeviceID) -> Bool {
        if let from, device < from { return false }
        if let to, device >= to { return false }
        return true
    }
}
