import Glibc

/// A look at the bytes of a payload that spares decoding most of them.
enum PayloadNames {
    /// Whether a payload may say of whom it tells: true when in doubt.
    static func mayNameDevice(_ payload: [UInt8]) -> Bool {
        payload.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let brace = bytes.firstIndex(where: { $0 > 0x20 }),
                bytes[brace] == UInt8(ascii: "{")
            else { return true }
            // Any letter may be written as an escape.
            if memchr(start, Int32(UInt8(ascii: "\\")), bytes.count) != nil { return true }
            return hasDeviceKey(bytes) || firstKeyLength(bytes[brace...]) >= Self.shortestDeviceID
        }
    }

    /// Whether `device_id` stands anywhere.
    private static func hasDeviceKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty, let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
            let place = memchr(start, Int32(UInt8(ascii: "_")), rest.count)
        {
            let index = rest.startIndex + (UnsafeRawPointer(place) - start)
            if bytes[..<index].suffix(6).elementsEqual("device".utf8), bytes[(index + 1)...].starts(with: "id".utf8) {
                return true
            }
            rest = bytes[(index + 1)...]
        }
        return false
    }

    /// Keys of batches are device ids; UUIDs with digits missing are among them.
    private static let shortestDeviceID = 30

    private static func firstKeyLength(_ object: Slice<UnsafeRawBufferPointer>) -> Int {
        guard let open = object.firstIndex(of: UInt8(ascii: "\"")) else { return 0 }
        let key = object[(open + 1)...]
        return (key.firstIndex(of: UInt8(ascii: "\"")) ?? key.endIndex) - key.startIndex
    }
}
