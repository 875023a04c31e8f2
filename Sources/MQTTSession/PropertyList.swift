import CMosquitto
import Glibc
import MQTTWire

/// libmosquitto's property lists, read and built.
enum PropertyList {
    /// All PUBLISH properties of a received list, in its order.
    static func read(_ list: OpaquePointer?) -> PublishProperties {
        var properties = PublishProperties()
        var next = list
        while let entry = next {
            if let property = property(entry) { properties.append(property) }
            next = mosquitto_property_next(entry)
        }
        return properties
    }

    static func int16(_ list: OpaquePointer?, _ property: mqtt5_property) -> UInt16? {
        var value: UInt16 = 0
        guard list != nil, mosquitto_property_read_int16(list, property.identifier, &value, false) != nil else {
            return nil
        }
        return value
    }

    static func byte(_ list: OpaquePointer?, _ property: mqtt5_property) -> UInt8? {
        var value: UInt8 = 0
        guard list != nil, mosquitto_property_read_byte(list, property.identifier, &value, false) != nil else {
            return nil
        }
        return value
    }

    private static func property(_ entry: OpaquePointer) -> PublishProperty? {
        let identifier = mosquitto_property_identifier(entry)
        var byte: UInt8 = 0
        var two: UInt16 = 0
        var four: UInt32 = 0
        switch UInt8(truncatingIfNeeded: identifier) {
        case PublishProperty.Identifier.payloadFormatIndicator:
            mosquitto_property_read_byte(entry, identifier, &byte, false)
            return .payloadFormatIndicator(byte)
        case PublishProperty.Identifier.messageExpiryInterval:
            mosquitto_property_read_int32(entry, identifier, &four, false)
            return .messageExpiryInterval(four)
        case PublishProperty.Identifier.topicAlias:
            mosquitto_property_read_int16(entry, identifier, &two, false)
            return .topicAlias(two)
        case PublishProperty.Identifier.subscriptionIdentifier:
            mosquitto_property_read_varint(entry, identifier, &four, false)
            return .subscriptionIdentifier(four)
        case PublishProperty.Identifier.contentType: return text(entry, identifier).map { .contentType($0) }
        case PublishProperty.Identifier.responseTopic: return text(entry, identifier).map { .responseTopic($0) }
        case PublishProperty.Identifier.correlationData:
            var value: UnsafeMutableRawPointer?
            mosquitto_property_read_binary(entry, identifier, &value, &two, false)
            defer { free(value) }
            return .correlationData(Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : Int(two))))
        case PublishProperty.Identifier.userProperty:
            var name: UnsafeMutablePointer<CChar>?
            var value: UnsafeMutablePointer<CChar>?
            mosquitto_property_read_string_pair(entry, identifier, &name, &value, false)
            defer {
                free(name)
                free(value)
            }
            return .userProperty(
                name: name.map { String(cString: $0) } ?? "", value: value.map { String(cString: $0) } ?? "")
        default: return nil
        }
    }

    private static func text(_ entry: OpaquePointer, _ identifier: Int32) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        mosquitto_property_read_string(entry, identifier, &value, false)
        defer { free(value) }
        return value.map { String(cString: $0) }
    }
}

extension PublishProperties {
    /// Builds libmosquitto's form of the list.
    ///
    /// Always from the parts: `mosquitto_property_copy_all` of a received list sends only its first property.
    func build(_ list: inout OpaquePointer?, topic: String) throws(ConnectionError) {
        for property in self.list {
            let code: Int32
            let identifier = Int32(property.identifier)
            switch property {
            case .payloadFormatIndicator(let value): code = mosquitto_property_add_byte(&list, identifier, value)
            case .messageExpiryInterval(let value): code = mosquitto_property_add_int32(&list, identifier, value)
            case .contentType(let text), .responseTopic(let text):
                try Self.checkText(text, topic: topic)
                code = mosquitto_property_add_string(&list, identifier, text)
            case .correlationData(let data):
                code = data.withUnsafeBytes {
                    mosquitto_property_add_binary(
                        &list, identifier, $0.baseAddress, UInt16(truncatingIfNeeded: $0.count))
                }
            case .userProperty(let name, let value):
                try Self.checkText(name, topic: topic)
                try Self.checkText(value, topic: topic)
                code = mosquitto_property_add_string_pair(&list, identifier, name, value)
            case .subscriptionIdentifier, .topicAlias: continue
            }
            guard code == MOSQ_ERR_SUCCESS.rawValue else {
                throw .unsendable(
                    topic: topic, reason: "property \(identifier): \(String(cString: mosquitto_strerror(code)))")
            }
        }
    }

    private static func checkText(_ text: String, topic: String) throws(ConnectionError) {
        guard !text.utf8.contains(0) else {
            throw .unsendable(topic: topic, reason: "a property holds a NUL, which MQTT 5.0 §1.5.4 forbids")
        }
    }
}

extension mqtt5_property {
    /// The number that libmosquitto's functions take.
    var identifier: Int32 { Int32(rawValue) }
}
