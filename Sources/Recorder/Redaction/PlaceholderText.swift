import Crypto
import DeviceProtocol

/// What takes the place of secrets.
///
/// A text becomes `redacted:` and 32 hexadecimal digits of a keyed hash (HMAC-SHA-256): letters that need no escape in
/// JSON, at any depth of nesting, in an address (RFC 3986 §3.4) and in a topic. A number becomes another number of the
/// same spelling.
enum PlaceholderText {
    /// The placeholder of a secret.
    static func make(_ secret: [UInt8], _ key: SymmetricKey) -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(for: secret, using: key)
        return Array((RedactedText.prefix + code.prefix(RedactedText.digits / 2).hexadecimal).utf8)
    }

    /// A number of the same spelling as a JSON number's, never the same one: only digits change, the first one of more
    /// never to 0 (RFC 8259 §6).
    static func number(_ literal: [UInt8], _ key: SymmetricKey) -> [UInt8] {
        var result = literal
        var code = Array(HMAC<SHA256>.authenticationCode(for: Array("number ".utf8) + literal, using: key))
        var used = 0
        var lead: Int?
        // An exponent stays: with another one the number might not fit where the first one did.
        let mantissa = literal.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? literal.count
        for index in 0..<mantissa where UInt8(ascii: "0")...UInt8(ascii: "9") ~= literal[index] {
            if used == code.count {
                code = Array(HMAC<SHA256>.authenticationCode(for: code, using: key))
                used = 0
            }
            let isLead = lead == nil
            lead = lead ?? index
            // `0` and `0.5` keep their zero.
            if isLead, literal[index] == UInt8(ascii: "0"), index + 1 < literal.count { continue }
            result[index] = UInt8(ascii: "0") + (isLead ? 1 + code[used] % 9 : code[used] % 10)
            used += 1
        }
        if result == literal, let last = (0..<mantissa).last(where: { literal[$0] &- UInt8(ascii: "0") < 10 }) {
            let digit = literal[last] &- UInt8(ascii: "0")
            result[last] = UInt8(ascii: "0") + (digit == 9 ? 1 : digit + 1)
        }
        return result
    }
}
