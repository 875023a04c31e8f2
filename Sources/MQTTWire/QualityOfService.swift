/// How hard sender and receiver try to deliver a message (MQTT 5.0 §4.3).
public enum QualityOfService: UInt8, Sendable, Hashable, Comparable, CaseIterable {
    /// QoS 0: sent once, never acknowledged.
    case atMostOnce = 0
    /// QoS 1: sent until acknowledged; may arrive more than once.
    case atLeastOnce = 1
    /// QoS 2: a four-packet exchange that delivers exactly once.
    case exactlyOnce = 2

    /// Orders by the number that stands on the wire.
    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}
