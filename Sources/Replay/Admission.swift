import DeviceProtocol
import Tape

/// Decides which of the selected messages are published.
public struct Admission: Sendable, Hashable {
    /// Whether messages of the cloud, and of unknown direction, are published too.
    public var includesCloud = false
    /// Whether retained messages are published as retained ones.
    public var keepsRetain = false

    /// Messages of devices only, none of them retained.
    public init() {}

    /// Why a message is not published; nil if it is.
    func reasonToSkip(_ message: RecordedMessage, direction: Direction) -> SkipReason? {
        if message.duplicateOf != nil { return .duplicate }
        if message.topic.utf8.first == UInt8(ascii: "$") { return .brokerTopic }
        if !includesCloud {
            switch direction {
            case .deviceToCloud: break
            case .cloudToDevice: return .cloudToDevice
            case .unknown: return .unknownDirection
            }
        }
        return nil
    }
}
