import Crypto
public import DeviceProtocol

/// One recorded device as several: how many, and how far apart.
public struct FanOut: Sendable, Hashable {
    /// The most devices that one may become.
    public static let copyLimit = 10_000
    /// How many devices one recorded device becomes; 1 leaves it alone.
    public var copies = 1
    /// Recorded time over which the copies of a message are spread evenly, ns.
    public var spread: Int64 = 1_000_000_000

    /// One device stays one.
    public init() {}

    /// How much later than the first copy a copy of a message is due, ns.
    func delay(of copy: Int) -> Int64 {
        let (product, overflow) = spread.multipliedReportingOverflow(by: Int64(copy))
        return overflow ? Int64(Int128(spread) * Int128(copy) / Int128(copies)) : product / Int64(max(1, copies))
    }

    /// The id of a copy: of the first the id itself; of others a UUID (RFC 9562 §5.8) that follows from id and number
    /// where the id is a UUID, in the same letters, else the id with `-2`, `-3` and so on.
    public static func id(of device: DeviceID, copy: Int) -> DeviceID {
        DeviceID(String(decoding: id(of: device.text.utf8Span.span, copy: copy), as: UTF8.self))
    }

    static func id(of device: Span<UInt8>, copy: Int) -> [UInt8] {
        var bytes = device.withUnsafeBufferPointer(Array.init)
        guard copy > 0 else { return bytes }
        guard let spelling = UUIDSpelling(device) else { return bytes + Array("-\(copy + 1)".utf8) }
        for index in bytes.indices { bytes[index] |= 0x20 }
        bytes.removeAll { $0 == UInt8(ascii: "-") | 0x20 }
        return spelling.text(SHA256.hash(data: Array("tapedeck fan-out \(copy)\0".utf8) + bytes), version: 8)
    }

    /// Refuses copies whose ids are those of other devices.
    ///
    /// - Parameter devices: the devices that are replayed, by the ids under which they speak.
    /// - Throws: ``DeviceMappingError/copyIsDevice(device:copies:copy:)``.
    public func check(replaying devices: Set<DeviceID>) throws(DeviceMappingError) {
        guard copies > 1 else { return }
        for device in devices.sorted() {
            guard let hyphen = device.text.utf8.lastIndex(of: UInt8(ascii: "-")) else { continue }
            let stem = DeviceID(String(device.text[..<hyphen]))
            let number = device.text[device.text.utf8.index(after: hyphen)...]
            guard let copy = Int(number), 2...copies ~= copy, "\(copy)".utf8.elementsEqual(number.utf8),
                devices.contains(stem), Self.id(of: stem, copy: copy - 1) == device
            else { continue }
            throw .copyIsDevice(device: stem, copies: copies, copy: device)
        }
    }
}
