import DeviceProtocol
import JSONScan
import SQLite
import Tape

extension ResultCell {
    /// Gives an instant as RFC 3339 text.
    func set(_ time: Timestamp) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        time.appendRFC3339(to: &bytes)
        set(utf8: bytes)
    }

    /// Gives a JSON value: truth values as 1 and 0, whole numbers of 64 bits exactly, arrays and objects as JSON text.
    func set(_ value: JSONValue) {
        switch value {
        case .array, .object: set(value.description)
        case .null, .bool, .number, .string: set(FieldScalar(value))
        }
    }

    /// Gives the value of a column.
    func set(_ scalar: FieldScalar) {
        switch scalar {
        case .integer(let value): set(value)
        case .real(let value): set(value)
        case .bool(let value): set(value)
        case .string(let text): set(text)
        case .null, .other: break
        }
    }
}

extension FieldScalar {
    /// The word of column `type`.
    var type: String {
        switch self {
        case .null, .other: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .real: "real"
        case .string: "text"
        }
    }
}

extension JSONValue {
    /// The word of column `type`.
    var sqlType: String {
        switch self {
        case .array: "array"
        case .object: "object"
        case .null, .bool, .number, .string: FieldScalar(self).type
        }
    }
}
