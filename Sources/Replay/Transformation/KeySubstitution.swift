import DeviceProtocol
import MQTTWire

/// Puts real access keys where a recording holds placeholders or old keys, and leaves out the placeholders that remain.
///
/// A placeholder is never sent. Everything else stays as it is, in its order.
struct KeySubstitution: Sendable {
    let credentials: Credentials?

    /// What becomes of a user property.
    enum Verdict: Hashable {
        case keep
        case replace(String)
        case leaveOut
    }

    /// What was done to the properties of one message.
    struct Outcome: Hashable {
        var properties: PublishProperties
        /// Values that a key took the place of.
        var replaced: Int64 = 0
        /// Placeholders without a key, left out.
        var leftOut: Int64 = 0
    }

    /// Decides about a user property of a device, which is known by several ids, the most telling first.
    func verdict(name: String, value: String, devices: [DeviceID]) -> Verdict {
        let isPlaceholder = Placeholder.occurs(in: value)
        guard isPlaceholder || credentials != nil else { return .keep }
        // Only where the device presents itself: a key must not end up in a property that means something else.
        if Self.isAccessKey(name), let key = credentials?.key(ofFirst: devices) {
            return value.utf8.elementsEqual(key.utf8) ? .keep : .replace(key)
        }
        return isPlaceholder ? .leaveOut : .keep
    }

    /// Whether properties may have to change: quick, and wrong only by saying yes too often.
    func mayApply(to properties: PublishProperties) -> Bool {
        !properties.isEmpty && (credentials != nil || Placeholder.mayOccur(in: properties.bytes))
    }

    /// Replaces the placeholders among a message's properties; `topicDevice` is asked for where no user property names
    /// the device.
    func apply(to properties: PublishProperties, topicDevice: DeviceID?) -> Outcome {
        guard mayApply(to: properties) else { return Outcome(properties: properties) }
        let list = properties.list
        let devices = [Self.device(in: list) ?? topicDevice].compactMap(\.self)
        var outcome = Outcome(properties: PublishProperties())
        for property in list {
            guard case .userProperty(let name, let value) = property else {
                if Self.holdsPlaceholder(property) {
                    outcome.leftOut += 1
                } else {
                    outcome.properties.append(property)
                }
                continue
            }
            switch verdict(name: name, value: value, devices: devices) {
            case .keep: outcome.properties.append(property)
            case .replace(let key):
                outcome.properties.append(.userProperty(name: name, value: key))
                outcome.replaced += 1
            case .leaveOut: outcome.leftOut += 1
            }
        }
        return outcome
    }

    /// Whether a secret was redacted in a property that is no user property.
    static func holdsPlaceholder(_ property: PublishProperty) -> Bool {
        switch property {
        case .responseTopic(let text), .contentType(let text): Placeholder.occurs(in: text)
        case .correlationData(let data): Placeholder.count(in: data) > 0
        default: false
        }
    }

    /// The device that presents itself in a message's properties.
    static func device(in list: [PublishProperty]) -> DeviceID? {
        for case .userProperty(let name, let value) in list where name.utf8.elementsEqual("device_id".utf8) {
            return DeviceID(value)
        }
        return nil
    }

    /// Whether a property, or a member, is where a device presents its key.
    static func isAccessKey(_ name: String) -> Bool {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.elementsEqual(
            "accesskey".utf8)
    }
}
