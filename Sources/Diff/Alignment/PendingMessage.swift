import DeviceProtocol
import JSONScan
import MQTTWire
import Tape

/// A topic as the comparison needs it, known once for all its messages.
final class ComparedTopic {
    /// The topic taken apart, with the ids of its own tape.
    let topic: DeviceTopic
    /// Whose messages these are, by the candidate's id.
    let stream: StreamKey

    init(_ topic: DeviceTopic, _ devices: DeviceMap) {
        self.topic = topic
        stream = StreamKey(device: topic.device.map(devices.candidate), kind: topic.kind)
    }
}

/// What is compared among itself: the messages of a device and kind.
struct StreamKey: Hashable {
    /// By the candidate's id.
    var device: DeviceID?
    var kind: MessageKind
}

/// What a message was said in answer to.
struct Cause {
    /// When it arrived, on the run's clock, ns.
    var time: Int64
    /// The command's name.
    var name: String?
}

/// A message that waits for its counterpart.
///
/// A class, so that the queues of many streams hold little more than a word for each message.
final class PendingMessage {
    /// What is needed to find a counterpart.
    struct Digest {
        /// Equal for equal contents.
        var hash: UInt64
        /// Has many bits in common for contents that are alike.
        var sketch: UInt64
        /// Only messages with the same subject can be two versions of one message.
        var subject: UInt64
    }

    /// Whether it is the base's.
    let isBase: Bool
    let message: RecordedMessage
    let topic: ComparedTopic
    /// When it arrived, on its run's clock, ns.
    let time: Int64
    let cause: Cause?
    /// The name of the command that it is or answers.
    let commandName: String?
    /// Made when it is needed.
    var digest: Digest?

    init(_ arrival: SideReader.Arrival, isBase: Bool) {
        self.isBase = isBase
        var message = arrival.message
        // Readers make room for a message by the largest before it, which may have been much larger.
        if message.payload.capacity > message.payload.count + 128 {
            message.payload = message.payload.withUnsafeBufferPointer { Array($0) }
        }
        let properties = message.properties.bytes
        if properties.capacity > properties.count + 128,
            let trimmed = try? PublishProperties(validating: properties.withUnsafeBufferPointer { Array($0) })
        {
            message.properties = trimmed
        }
        self.message = message
        topic = arrival.topic
        time = arrival.time
        cause = arrival.role.cause
        commandName = arrival.role.commandName
    }

    /// Bytes of memory, roughly.
    var size: Int { message.payload.count + message.properties.bytes.count + 400 }

    /// The name by which a message's group is counted.
    var groupName: String { commandName ?? "" }
}
