public import MQTTWire

/// Which message of which tape a replayed message is: travels with it as a user property, so that a tape of the target
/// proves it.
public struct MessageOrigin: Sendable, Hashable {
    /// The name of the user property; its value is the tape's id, a colon and the message's number on it.
    public static let property = "tapedeck_replay"

    /// The tape's id, see ``TapeReader/tapeID()``.
    public var tape: String
    /// The message's number on that tape.
    public var sequence: Int64

    /// Names a message.
    public init(tape: String, sequence: Int64) {
        self.tape = tape
        self.sequence = sequence
    }

    /// Properties that name this origin, and no other where they did before.
    public func added(to properties: PublishProperties) -> PublishProperties {
        var result = properties.map { property in
            if case .userProperty(let name, _) = property, name.utf8.elementsEqual(Self.property.utf8) { return nil }
            return property
        }
        result.append(.userProperty(name: Self.property, value: "\(tape):\(sequence)"))
        return result
    }
}
