/// What a broker has told of how many messages it dropped.
struct DropCount: Equatable {
    /// The number; nil where it tells of itself, but dropped nothing lately and does not tell the number.
    var value: Int64?

    /// Takes a message of the broker about itself; nil as long as nothing is known.
    init?(topic: String, payload: [UInt8], after before: DropCount?) {
        value = before?.value
        if topic.utf8.elementsEqual(SideClient.counterTopic.utf8) {
            // An empty one only takes away what was retained: https://mosquitto.org/man/mqtt-7.html
            if let number = Int64(String(decoding: payload, as: UTF8.self)) { value = number }
            guard value != nil || before != nil else { return nil }
        } else if !topic.utf8.elementsEqual(SideClient.clockTopic.utf8) {
            guard before != nil else { return nil }
        }
    }
}
