import Glibc
import JSONScan

/// The bytes that a JSON string stands for.
enum ImportedText {
    /// The bytes of a string with escapes; nil where there is one of the rare `\u` kind.
    ///
    /// Implementation note: a payload that is JSON itself has an escape before each of its quotes, so that this is where
    /// an import would spend most of its time; what lies between two escapes is copied at once.
    static func unescape(_ content: Span<UInt8>) -> [UInt8]? {
        var isPlain = true
        let bytes = content.withUnsafeBufferPointer { content in
            [UInt8](unsafeUninitializedCapacity: content.count) { buffer, count in
                guard let source = content.baseAddress, let target = buffer.baseAddress else { return }
                var index = 0
                while index < content.count {
                    let rest = content.count - index
                    let found = memchr(source + index, Int32(UInt8(ascii: "\\")), rest)
                    let run = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(source + index) } ?? rest
                    (target + count).update(from: source + index, count: run)
                    count += run
                    index += run
                    guard index + 1 < content.count else { break }
                    guard let byte = meaning(of: content[index + 1]) else {
                        isPlain = false
                        return
                    }
                    target[count] = byte
                    count += 1
                    index += 2
                }
            }
        }
        return isPlain ? bytes : nil
    }

    /// What an escape of two characters stands for.
    private static func meaning(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): character
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }
}
