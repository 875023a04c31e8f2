import DeviceProtocol

/// Finds what is secret in addresses (RFC 3986): the values of parameters by which one is signed, and passwords.
enum SecretAddresses {
    /// Ends of parameters' names whose values are secret, in lower case without separators; those of members are
    /// secret here too.
    private static let secret = [
        "signature", "sig", "sign", "policy", "accesskeyid", "keypairid", "googleaccessid", "auth", "sas", "hmac",
        "ticket",
    ].map { Array($0.utf8) }

    /// Names of parameters of signed addresses that are no secret.
    private static let harmless = [
        "algorithm", "date", "expires", "expiry", "signedheaders", "versionid", "version", "contenttype",
        "contentdisposition", "filename", "file", "name", "region", "bucket", "host", "redirect", "sv", "se", "st",
        "sp", "sr", "spr", "sip", "xid",
    ].map { Array($0.utf8) }

    /// In a signed address a parameter that nobody knows counts as secret from so many bytes on.
    private static let suspiciousLength = 16

    /// The ranges of secrets in a text, from left to right.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - names: the names that say that a value is secret.
    ///   - isSigned: whether an address is known to be a signed one, so that long parameters count as secret unless
    ///     they are known as harmless.
    /// - Returns: the ranges; placeholders are left out.
    static func secrets(in text: Span<UInt8>, _ names: SecretNames, isSigned: Bool) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        while let start = scheme(in: text, from: index) {
            let end = end(of: text, from: start)
            password(in: text, start..<end, &found)
            parameters(in: text, start..<end, names, isSigned, &found)
            index = max(end, start)
        }
        return found
    }

    /// Where an authority begins: behind the next `://`.
    private static func scheme(in text: Span<UInt8>, from first: Int) -> Int? {
        var index = first
        while index + 3 <= text.count {
            if text[index] == UInt8(ascii: ":"), text[index + 1] == UInt8(ascii: "/"),
                text[index + 2] == UInt8(ascii: "/")
            {
                return index + 3
            }
            index += 1
        }
        return nil
    }

    private static func end(of text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count {
            switch text[index] {
            case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"),
                UInt8(ascii: "\\"):
                return index
            default: index += 1
            }
        }
        return index
    }

    private static func password(in text: Span<UInt8>, _ address: Range<Int>, _ found: inout [Range<Int>]) {
        var colon: Int?
        var at: Int?
        loop: for index in address {
            switch text[index] {
            case UInt8(ascii: ":") where colon == nil: colon = index
            case UInt8(ascii: "@"): at = index
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): break loop
            default: break
            }
        }
        guard let at else { return }
        // Without a colon a long user name is a token, as in https://TOKEN@host/.
        let start = colon.map { $0 + 1 } ?? address.lowerBound
        guard start < at, colon.map({ $0 < at }) ?? (at - start >= suspiciousLength) else { return }
        add(start..<at, text, &found)
    }

    private static func parameters(
        in text: Span<UInt8>, _ address: Range<Int>, _ names: SecretNames, _ isSigned: Bool,
        _ found: inout [Range<Int>]
    ) {
        var index = address.lowerBound
        while index < address.upperBound, text[index] != UInt8(ascii: "?"), text[index] != UInt8(ascii: "#") {
            index += 1
        }
        while index < address.upperBound {
            let start = index + 1
            var end = start
            var equals: Int?
            while end < address.upperBound {
                let byte = text[end]
                if byte == UInt8(ascii: "&") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "#") { break }
                if byte == UInt8(ascii: "="), equals == nil { equals = end }
                end += 1
            }
            if let equals, equals + 1 < end,
                isSecret(text.extracting(start..<equals), names, isSigned, length: end - equals - 1)
            {
                add(equals + 1..<end, text, &found)
            }
            index = end
        }
    }

    private static func isSecret(
        _ name: Span<UInt8>, _ names: SecretNames, _ isSigned: Bool, length: Int
    ) -> Bool {
        if names.secrecy(of: name) > .none { return true }
        var plain: [UInt8] = []
        for index in name.indices {
            let byte = SecretNames.lowered(name[index])
            if byte != UInt8(ascii: "-"), byte != UInt8(ascii: "_") { plain.append(byte) }
        }
        if secret.contains(where: { $0.count <= plain.count && plain.suffix($0.count).elementsEqual($0) }) {
            return true
        }
        if plain.elementsEqual("key".utf8) { return true }
        guard isSigned, length >= suspiciousLength else { return false }
        return !harmless.contains { $0.count <= plain.count && plain.suffix($0.count).elementsEqual($0) }
    }

    private static func add(_ range: Range<Int>, _ text: Span<UInt8>, _ found: inout [Range<Int>]) {
        let isPlaceholder = text.extracting(range).withUnsafeBufferPointer { RedactedText.isPlaceholder($0) }
        if !isPlaceholder { found.append(range) }
    }
}
