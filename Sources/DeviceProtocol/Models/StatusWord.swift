/// Status words as different clients spell them.
enum StatusWord {
    /// Lower case, without white space around, `-` and spaces as `_`.
    static func normalized(_ raw: String) -> String {
        var bytes: [UInt8] = []
        for byte in raw.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            case UInt8(ascii: "-"), UInt8(ascii: " "), 0x09...0x0D: bytes.append(UInt8(ascii: "_"))
            default: bytes.append(byte)
            }
        }
        let blank = UInt8(ascii: "_")
        let trimmed = bytes.drop { $0 == blank }
        let end = trimmed.lastIndex { $0 != blank }.map { $0 + 1 } ?? trimmed.startIndex
        return String(decoding: trimmed[..<end], as: UTF8.self)
    }
}
