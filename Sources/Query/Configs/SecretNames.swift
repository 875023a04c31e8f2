import JSONScan

/// Names under which configurations keep what nobody should read over a shoulder.
enum SecretNames {
    private static let parts = [
        "password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "accesskey", "privatekey",
        "authorization",
    ].map { Array($0.utf8) }

    /// Whether a name says that its value is a secret; case, `_` and `-` do not matter.
    static func contains(_ name: String) -> Bool {
        var letters: [UInt8] = []
        for byte in name.utf8 where byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") {
            letters.append(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte)
        }
        return parts.contains { part in letters.indices.contains { letters[$0...].starts(with: part) } }
    }

    /// The text that stands in the place of a secret.
    static let mask = "(secret)"

    /// A value with all secrets in it replaced.
    static func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(members.map { JSONMember($0.key, contains($0.key) ? .string(mask) : masked($0.value)) })
        case .array(let elements): .array(elements.map(masked))
        default: value
        }
    }
}
