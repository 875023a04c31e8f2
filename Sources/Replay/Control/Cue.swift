import DeviceProtocol

/// A prepared message with what the publisher must know of it beside its content.
struct Cue: Sendable {
    var message: OutgoingMessage
    /// The device on whose connection it is published; nil for the main one.
    var connection: DeviceID?
    /// The recorded command that it answers, where it is to wait for the target's.
    var answer: RecordedAnswer?
    /// How long to wait before it where recorded time does not count, ns: the pause between two rounds of a loop.
    var leadIn: Int64 = 0

    init(_ message: OutgoingMessage, connection: DeviceID? = nil, answer: RecordedAnswer? = nil) {
        self.message = message
        self.connection = connection
        self.answer = answer
    }

    /// Bytes in memory, about.
    var cost: Int { message.cost + 32 }
}
