import DeviceProtocol
import MQTTWire

/// Puts real access keys where a recording holds placeholders, and leaves out the placeholders that remain.
///
/// A placeholder is never sent. Everything else stays as it is, in its order.
struct KeySubstitution: Sendable {
    let credentials: Credentials?

    /// What was done to the properties of one message.
    struct Outcome: Hashable {
        var properties: PublishProperties
        /// Placeholders that a key took the place of.
        var replaced: Int64 = 0
        /// Placeholders without a key, left out.
        var leftOut: Int64 = 0
    }

    /// Replaces the placeholders among a message's properties; `topicDevice` is asked for where no user property names
    /// the device.
    func apply(to properties: PublishProperties, topicDevice: DeviceID?) -> Outcome {
        guard Placeholder.mayOccur(in: properties.bytes) else { return Outcome(properties: properties) }
        let list = properties.list
        let device = Self.device(in: list) ?? topicDevice
        var outcome = Outcome(properties: PublishProperties())
        for property in list {
            guard case .userProperty(let name, let value) = property, Placeholder.matches(value) else {
                outcome.properties.append(property)
                continue
            }
            // Only where the device presents itself: a key must not end up in a property that means something else.
            if Self.isAccessKey(name), let key = device.flatMap({ credentials?.key(of: $0) }) {
                outcome.properties.append(.userProperty(name: name, value: key))
                outcome.replaced += 1
            } else {
                outcome.leftOut += 1
            }
        }
        return outcome
    }

    private static func device(in list: [PublishProperty]) -> DeviceID? {
        for case .userProperty(let name, let value) in list where name.utf8.elementsEqual("device_id".utf8) {
            return DeviceID(value)
        }
        return nil
    }

    private static func isAccessKey(_ name: String) -> Bool {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.elementsEqual(
            "accesskey".utf8)
    }
}
