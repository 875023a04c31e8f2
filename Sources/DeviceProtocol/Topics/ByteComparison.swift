/// Comparison of UTF-8 bytes, which is how MQTT compares (MQTT 5.0 §4.7.3).
enum Bytes {
    static func equal(_ left: String, _ right: String) -> Bool {
        equal(left.utf8Span.span, right.utf8Span.span)
    }

    static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    static func equal(_ left: Span<UInt8>, _ right: StaticString) -> Bool {
        guard left.count == right.utf8CodeUnitCount else { return false }
        return right.withUTF8Buffer { buffer in
            for index in buffer.indices where buffer[index] != left[index] { return false }
            return true
        }
    }
}
