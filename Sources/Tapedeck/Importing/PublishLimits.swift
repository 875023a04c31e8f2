/// What a PUBLISH packet can carry.
enum PublishLimits {
    /// Why no message can be published on a topic; nil where one can (MQTT 5.0 §4.7.3, §3.3.2.1).
    static func fault(inTopic topic: String) -> String? {
        let bytes = topic.utf8Span.span
        guard 1...65_535 ~= bytes.count else { return "`topic` has not 1 to 65535 bytes" }
        for index in bytes.indices {
            let byte = bytes[index]
            // Nearly every byte is above all three.
            if byte <= UInt8(ascii: "+"), byte == 0 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") {
                return "`topic` holds a character that MQTT does not allow in one: NUL, + or #"
            }
        }
        return nil
    }
}
