/// Text as it stands in a packet (MQTT 5.0 §1.5.4); most of it is ASCII, for which there is a short way.
public enum WireText {
    /// The text that some bytes are; nil when they are not UTF-8.
    public static func string(_ bytes: UnsafeRawBufferPointer) -> String? {
        let characters = bytes.assumingMemoryBound(to: UInt8.self)
        // Decoding repairs what is no UTF-8, of which ASCII has nothing; validating is several times slower.
        return isASCII(bytes)
            ? String(decoding: characters, as: UTF8.self) : String(validating: characters, as: UTF8.self)
    }

    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= bytes.count {
            if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            index += 8
        }
        while index < bytes.count {
            if bytes[index] & 0x80 != 0 { return false }
            index += 1
        }
        return true
    }
}
