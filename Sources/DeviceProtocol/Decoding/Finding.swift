/// Something odd about a message that was decoded nonetheless.
public enum Finding: Hashable, Sendable {
    /// The payload is a JSON string that holds the JSON text.
    case doubleEncoded
    /// The payload is not UTF-8; `at` is the first byte that shows it.
    case notUTF8(at: Int)
    /// The payload begins with a byte order mark.
    case byteOrderMark
    /// NUL bytes, and white space between them, follow the JSON text.
    case trailingBytes(count: Int)
    /// The payload is no JSON; `at` is the byte where it stops being so.
    case invalidJSON(at: Int, expected: String)
    /// The payload is empty where something was to be said.
    case emptyPayload
    /// Objects and arrays are nested deeper than is read.
    case tooDeep(at: Int)
    /// The payload has more bytes than the cloud takes, 128 KiB.
    case payloadTooLarge(bytes: Int)
    /// The payload, or a part of it, is another kind of JSON value than the topic asks for.
    case unexpectedShape(expected: String, found: String)
    /// A field has a value of a type that it cannot have; the field is kept among the extra ones.
    case unexpectedType(field: String, found: String)
    /// The cloud sent an error instead of content.
    case errorObject(String)
    /// Topic, user property and payload do not name the same device.
    case idMismatch(topic: DeviceID?, userProperty: DeviceID?, payload: DeviceID?)
    /// The command, licence or incident has no id.
    case missingID
    /// A field is missing that messages of this kind have.
    case missingField(String)
    /// A device did not present itself by these user properties.
    case missingUserProperties([String])
    /// A status or state that no documentation names.
    case unknownStatus(String)
    /// A licence state that the vendor's sample shows and the vendor's list of states lacks.
    case contradictoryState(String)
    /// The topic is none of the documented ones.
    case unknownTopic
    /// An integer metric does not fit in 32 bits.
    case intBeyondInt32(key: String)
    /// An integer metric is beyond ±2⁵³, where doubles have gaps.
    case intBeyond2To53(key: String)
    /// A decimal metric is beyond the range of a 32-bit float.
    case numberBeyondFloat(key: String)
    /// A metric is beyond the range of a double.
    case numberBeyondDouble(key: String)
    /// A metric is an object or array.
    case nestedTelemetryValue(key: String)
    /// A text metric has more than 1000 bytes.
    case stringTooLong(key: String, bytes: Int)
    /// An object has the same name more than once.
    case duplicateKey(String)
    /// There is a metric `status` beside the device's status.
    case statusKeyCollision
    /// Telemetry in the shape before `telemetries`, with `common` and `custom`.
    case legacyShape
    /// Telemetry of several devices in one message.
    case batchShape
    /// More than one of `add`, `update` and `remove` is true, or they contradict `action`.
    case ambiguousLicenseAction([String])
    /// Whether `config` is the configuration or one of its fields cannot be told.
    case ambiguousConfig
    /// A time that cannot be read.
    case invalidTimestamp(field: String, text: String)
    /// A time without zone, read as UTC.
    case naiveTimestamp(field: String, text: String)
    /// A time that no real clock shows.
    case implausibleTimestamp(field: String, text: String)
    /// A field under another name than the documented one.
    case fieldAlias(used: String, documented: String)
    /// A cloud setting written as one name and its value.
    case shorthandSetting(String)
}

extension Finding {
    /// The finding's name: stable, lower case with underscores, without the particulars.
    public var code: String {
        switch self {
        case .doubleEncoded: "double_encoded"
        case .notUTF8: "not_utf8"
        case .byteOrderMark: "byte_order_mark"
        case .trailingBytes: "trailing_bytes"
        case .invalidJSON: "invalid_json"
        case .emptyPayload: "empty_payload"
        case .tooDeep: "too_deep"
        case .payloadTooLarge: "payload_too_large"
        case .unexpectedShape: "unexpected_shape"
        case .unexpectedType: "unexpected_type"
        case .errorObject: "error_object"
        case .idMismatch: "id_mismatch"
        case .missingID: "missing_id"
        case .missingField: "missing_field"
        case .missingUserProperties: "missing_user_properties"
        case .unknownStatus: "unknown_status"
        case .contradictoryState: "contradictory_state"
        case .unknownTopic: "unknown_topic"
        case .intBeyondInt32: "int_beyond_int32"
        case .intBeyond2To53: "int_beyond_2_to_53"
        case .numberBeyondFloat: "number_beyond_float"
        case .numberBeyondDouble: "number_beyond_double"
        case .nestedTelemetryValue: "nested_telemetry_value"
        case .stringTooLong: "string_too_long"
        case .duplicateKey: "duplicate_key"
        case .statusKeyCollision: "status_key_collision"
        case .legacyShape: "legacy_shape"
        case .batchShape: "batch_shape"
        case .ambiguousLicenseAction: "ambiguous_license_action"
        case .ambiguousConfig: "ambiguous_config"
        case .invalidTimestamp: "invalid_timestamp"
        case .naiveTimestamp: "naive_timestamp"
        case .implausibleTimestamp: "implausible_timestamp"
        case .fieldAlias: "field_alias"
        case .shorthandSetting: "shorthand_setting"
        }
    }
}
