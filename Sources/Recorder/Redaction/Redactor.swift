import Crypto
public import MQTTWire

/// Replaces secrets before they reach the tape.
///
/// A secret becomes `redacted:` and 32 hexadecimal digits of a keyed hash (HMAC-SHA-256) over it: the same secret
/// always gets the same placeholder, so that one still sees whether two were equal and replay can put another one in
/// its place.
public struct Redactor {
    /// What every placeholder begins with.
    public static let placeholderPrefix = "redacted:"

    /// User properties that hold a secret, in lower case.
    static let secretProperties: Set<String> = [
        "access_key", "access_token", "api_key", "authorization", "password", "private_key", "secret", "token",
    ]

    private let key: RedactionKey
    /// Placeholders of the secrets seen last, so that a fleet's few keys are not hashed again for every message.
    private var known: [[UInt8]: String] = [:]
    private static let knownLimit = 4_096
    /// Longer secrets are not remembered, so that the memory of all is bounded, in bytes.
    private static let knownSize = 512

    /// Makes a redactor.
    public init(key: RedactionKey) {
        self.key = key
    }

    /// The public name of the key in use.
    public var keyName: String { key.name }

    /// The placeholder of a secret.
    public mutating func placeholder(for secret: String) -> String {
        let bytes = Array(secret.utf8)
        if let placeholder = known[bytes] { return placeholder }
        let code = HMAC<SHA256>.authenticationCode(for: bytes, using: key.key)
        let placeholder = Self.placeholderPrefix + code.prefix(16).hexadecimal
        if bytes.count <= Self.knownSize {
            if known.count >= Self.knownLimit { known.removeAll(keepingCapacity: true) }
            known[bytes] = placeholder
        }
        return placeholder
    }

    /// The properties with every secret replaced, and how many were.
    public mutating func redact(_ properties: PublishProperties) -> (properties: PublishProperties, count: Int) {
        guard !properties.isEmpty else { return (properties, 0) }
        var count = 0
        var result = PublishProperties()
        for property in properties.list {
            if case .userProperty(let name, let value) = property, Self.secretProperties.contains(name.lowercased()) {
                result.append(.userProperty(name: name, value: placeholder(for: value)))
                count += 1
            } else {
                result.append(property)
            }
        }
        return count > 0 ? (result, count) : (properties, 0)
    }
}
