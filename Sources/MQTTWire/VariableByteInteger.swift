/// Writing lengths of one to four bytes, seven bits in each (MQTT 5.0 §1.5.5).
public enum VariableByteInteger {
    /// The largest number that fits.
    public static let maximum = 268_435_455

    /// Appends a number; what is larger than ``maximum`` is written as it.
    public static func append(_ value: Int, to bytes: inout [UInt8]) {
        var rest = min(max(0, value), maximum)
        repeat {
            let low = UInt8(rest & 0x7f)
            rest >>= 7
            bytes.append(rest > 0 ? low | 0x80 : low)
        } while rest > 0
    }

    /// How many bytes a number takes.
    public static func size(of value: Int) -> Int {
        value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
    }
}
