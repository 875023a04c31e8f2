public import DeviceProtocol
import Tape

/// Decides which of the selected messages are published.
public struct Admission: Sendable, Hashable {
    /// Whether messages of the cloud, and of unknown direction, are published too.
    public var includesCloud = false
    /// Whether retained messages are published as retained ones.
    public var keepsRetain = false
    /// The directions that are wanted; empty for all that are allowed.
    public var directions: Set<Direction> = []
    /// Directions that are not wanted.
    public var excludedDirections: Set<Direction> = []
    /// Devices, as the topic names them, that are not wanted.
    public var excludedDevices: Set<DeviceID> = []
    /// Kinds of message that are not wanted.
    public var excludedKinds: Set<MessageKind> = []

    /// Messages of devices only, none of them retained.
    public init() {}

    /// Why a message is not published; nil if it is.
    func reasonToSkip(_ message: RecordedMessage, direction: Direction, topic: DeviceTopic) -> SkipReason? {
        if message.duplicateOf != nil { return .duplicate }
        if message.topic.utf8.first == UInt8(ascii: "$") { return .brokerTopic }
        if excludes(direction, topic) { return .excluded }
        if !includesCloud {
            switch direction {
            case .deviceToCloud: break
            case .cloudToDevice: return .cloudToDevice
            case .unknown: return .unknownDirection
            }
        }
        return nil
    }

    private func excludes(_ direction: Direction, _ topic: DeviceTopic) -> Bool {
        if !directions.isEmpty, !directions.contains(direction) { return true }
        if !excludedDirections.isEmpty, excludedDirections.contains(direction) { return true }
        if !excludedKinds.isEmpty, excludedKinds.contains(topic.kind) { return true }
        guard !excludedDevices.isEmpty, let device = topic.device else { return false }
        return excludedDevices.contains(device)
    }
}
