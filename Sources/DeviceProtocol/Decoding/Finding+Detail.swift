extension Finding: CustomStringConvertible {
    /// One sentence for a person, with the particulars; long texts from the wire are shortened.
    public var detail: String {
        switch self {
        case .doubleEncoded: "the payload is JSON inside of a JSON string"
        case .notUTF8(let at): "the payload is not UTF-8 at byte \(at)"
        case .byteOrderMark: "the payload begins with a byte order mark"
        case .trailingBytes(let count): "\(count) bytes follow the JSON text, NUL among them"
        case .invalidJSON(let at, let expected): "the payload is no JSON at byte \(at): \(expected) expected"
        case .emptyPayload: "the payload is empty"
        case .tooDeep(let at): "the payload is nested too deeply at byte \(at)"
        case .payloadTooLarge(let bytes): "the payload has \(bytes) bytes, the cloud takes 131072"
        case .unexpectedShape(let expected, let found): "\(expected) expected, \(found) found"
        case .unexpectedType(let field, let found): "\(Self.quoted(field)) cannot be of type \(found)"
        case .errorObject(let text): "the cloud sent an error: \(Self.quoted(text))"
        case .idMismatch(let topic, let userProperty, let payload):
            "the device is \(Self.quoted(topic)) in the topic, \(Self.quoted(userProperty)) in the user property and "
                + "\(Self.quoted(payload)) in the payload"
        case .missingID: "there is no id"
        case .missingField(let field): "\(Self.quoted(field)) is missing"
        case .missingUserProperties(let names):
            "the device sent no user property \(names.joined(separator: ", "))"
        case .unknownStatus(let raw): "the status \(Self.quoted(raw)) is not documented"
        case .contradictoryState(let raw): "the state \(Self.quoted(raw)) is in the vendor's sample, not in its list"
        case .unknownTopic: "the topic is not documented"
        case .intBeyondInt32(let key): "\(Self.quoted(key)) does not fit in 32 bits"
        case .intBeyond2To53(let key): "\(Self.quoted(key)) is beyond 2^53"
        case .numberBeyondFloat(let key): "\(Self.quoted(key)) is beyond the range of a 32-bit float"
        case .numberBeyondDouble(let key): "\(Self.quoted(key)) is beyond the range of a double"
        case .nestedTelemetryValue(let key): "\(Self.quoted(key)) is an object or array"
        case .stringTooLong(let key, let bytes): "\(Self.quoted(key)) has \(bytes) bytes, the cloud takes 1000"
        case .duplicateKey(let key): "\(Self.quoted(key)) stands more than once"
        case .statusKeyCollision: "there is a metric `status` beside the device's status"
        case .legacyShape: "telemetry in the old shape with `common` and `custom`"
        case .batchShape: "telemetry of several devices in one message"
        case .ambiguousLicenseAction(let actions): "the licence is to be \(actions.joined(separator: " and "))"
        case .ambiguousConfig: "`config` may be the configuration or one of its fields"
        case .invalidTimestamp(let field, let text): "\(Self.quoted(field)) is no time: \(Self.quoted(text))"
        case .naiveTimestamp(let field, let text): "\(Self.quoted(field)) has no zone: \(Self.quoted(text))"
        case .implausibleTimestamp(let field, let text):
            "\(Self.quoted(field)) is no time of a clock that was set: \(Self.quoted(text))"
        case .fieldAlias(let used, let documented): "\(Self.quoted(used)) stands for \(Self.quoted(documented))"
        case .shorthandSetting(let name): "the setting \(Self.quoted(name)) is written as one name and its value"
        }
    }

    /// The same as ``detail``.
    public var description: String { detail }

    private static func quoted(_ device: DeviceID?) -> String {
        device.map { quoted($0.text) } ?? "absent"
    }

    /// Text from the wire between backquotes, cut after 80 characters.
    private static func quoted(_ text: String) -> String {
        text.utf8.count <= 80
            ? "`\(text)`" : "`\(text.unicodeScalars.prefix(80).reduce(into: "") { $0.unicodeScalars.append($1) })…`"
    }
}
