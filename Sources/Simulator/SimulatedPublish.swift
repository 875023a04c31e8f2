public import MQTTWire

/// A message that the simulation wants published.
public struct SimulatedPublish: Sendable, Hashable {
    /// Who publishes it.
    public enum Side: String, Sendable, Hashable, CaseIterable {
        /// A device.
        case fleet
        /// The cloud.
        case cloud
    }

    /// Who publishes it.
    public var side: Side
    /// The topic name.
    public var topic: String
    /// The payload.
    public var payload: [UInt8]
    /// The quality of service.
    public var qos: QualityOfService
    /// The RETAIN flag.
    public var retain = false
    /// The properties, in order.
    public var properties: PublishProperties
    /// When it is to be published, ns since the start of the simulation.
    public var dueOffset: Int64
    /// What is wrong with the message on purpose; nil for a regular one.
    public var oddity: Oddity?
}
