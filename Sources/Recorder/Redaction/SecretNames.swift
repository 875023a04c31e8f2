import DeviceProtocol

/// The names of members and properties whose values are secrets.
///
/// A name counts by its end, whatever its case and with `_`, `-`, `.` and spaces left out, so that `wifi_password`,
/// `snmpPassword` and `X-Api-Key` are all found and `password_age_days` is not.
struct SecretNames: Sendable {
    /// What of a value is secret.
    enum Secrecy: UInt8, Comparable, Sendable {
        /// Nothing.
        case none
        /// Texts; numbers under such names are mostly counts (`"tokens": 512`).
        case texts
        /// Texts and numbers.
        case all

        static func < (left: Secrecy, right: Secrecy) -> Bool { left.rawValue < right.rawValue }
    }

    /// Ends of names that the program knows, the last letter of each being the first that is compared.
    private static let known: [(end: [UInt8], secrecy: Secrecy)] =
        [
            "password", "passwd", "passphrase", "pwd", "psk", "secret", "apikey", "accesskey", "privatekey",
            "secretkey", "sharedkey", "sshkey", "encryptionkey", "signingkey", "authkey",
        ].map { (Array($0.utf8), .all) }
        + ["token", "authorization", "credential", "jwt"].map { (Array($0.utf8), .texts) }

    /// Names that the user gave, in lower case.
    private let given: Set<[UInt8]>
    /// The last four bytes of each given name, for a quick look.
    private let givenEnds: [UInt32]
    /// Whether a quick look cannot tell that a name does not occur: it is too short, or not ASCII.
    let mustLook: Bool

    /// The known names and those of the user.
    init(_ names: [String] = [], places: [String] = []) {
        given = Set(names.map { $0.utf8.map(Self.lowered) })
        let looked = (names + places).map { Array($0.utf8) }
        mustLook = looked.contains { $0.count < 4 || !$0.allSatisfy { $0 < 0x80 && $0 != 0x22 && $0 != 0x5C } }
        givenEnds = Set(looked.filter { $0.count >= 4 }.map { Self.end($0.suffix(4)) }).sorted()
    }

    // MARK: - Deciding

    /// What of the value under a name is secret.
    func secrecy(of name: Span<UInt8>) -> Secrecy {
        if !given.isEmpty, isGiven(name) { return .all }
        return Self.known(name)
    }

    private func isGiven(_ name: Span<UInt8>) -> Bool {
        var lowered: [UInt8] = []
        lowered.reserveCapacity(name.count)
        for index in name.indices { lowered.append(Self.lowered(name[index])) }
        return given.contains(lowered)
    }

    private static func known(_ name: Span<UInt8>) -> Secrecy {
        for (end, secrecy) in known where ends(name, with: end) { return secrecy }
        return .none
    }

    /// Whether a name ends so; a plural counts too.
    private static func ends(_ name: Span<UInt8>, with end: [UInt8]) -> Bool {
        ends(name, with: end, isPlural: false) || ends(name, with: end, isPlural: true)
    }

    private static func ends(_ name: Span<UInt8>, with end: [UInt8], isPlural: Bool) -> Bool {
        var index = name.count
        var wanted = end.count
        var isPlural = isPlural
        while index > 0 {
            index -= 1
            let byte = lowered(name[index])
            if isSeparator(byte) { continue }
            if isPlural {
                guard byte == UInt8(ascii: "s") else { return false }
                isPlural = false
                continue
            }
            guard byte == end[wanted - 1] else { return false }
            wanted -= 1
            if wanted == 0 { return true }
        }
        return false
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == 0x20
    }

    static func lowered(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }

    // MARK: - A quick look

    /// Whether the four bytes before a quote, a colon or an equals sign may end a secret's name.
    ///
    /// Quick, and wrong only by saying yes too often.
    @inline(__always)
    func mayEnd(_ word: UInt32, eight: UInt64) -> Bool {
        let lower = word | 0x2020_2020
        switch lower {
        case Self.word, Self.sswd, Self.rase, Self.cret, Self.oken, Self.tial,
            Self.ords, Self.swds, Self.ases, Self.rets, Self.kens, Self.ials, Self.keys, Self.pwds, Self.psks,
            Self.jwts:
            return true
        case Self.tion:
            return eight | 0x2020_2020_2020_2020 == Self.rization
        default: break
        }
        switch lower >> 8 {
        case Self.key, Self.pwd, Self.psk, Self.jwt: return true
        default: break
        }
        if givenEnds.isEmpty { return false }
        return givenEnds.contains(lower)
    }

    private static func end(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var end: UInt32 = 0
        for (place, byte) in bytes.enumerated() { end |= UInt32(byte) << UInt32(8 * place) }
        return end | 0x2020_2020
    }

    // Four letters as a little-endian word; every machine that Swift runs on is little-endian, and loads say so.
    private static let word: UInt32 = 0x6472_6F77
    private static let sswd: UInt32 = 0x6477_7373
    private static let rase: UInt32 = 0x6573_6172
    private static let cret: UInt32 = 0x7465_7263
    private static let oken: UInt32 = 0x6E65_6B6F
    private static let tial: UInt32 = 0x6C61_6974
    private static let tion: UInt32 = 0x6E6F_6974
    private static let ords: UInt32 = 0x7364_726F
    private static let swds: UInt32 = 0x7364_7773
    private static let ases: UInt32 = 0x7365_7361
    private static let rets: UInt32 = 0x7374_6572
    private static let kens: UInt32 = 0x736E_656B
    private static let ials: UInt32 = 0x736C_6169
    private static let keys: UInt32 = 0x7379_656B
    private static let pwds: UInt32 = 0x7364_7770
    private static let psks: UInt32 = 0x736B_7370
    private static let jwts: UInt32 = 0x7374_776A
    private static let key: UInt32 = 0x79656B
    private static let pwd: UInt32 = 0x647770
    private static let psk: UInt32 = 0x6B7370
    private static let jwt: UInt32 = 0x74776A
    /// `rization`.
    private static let rization: UInt64 = 0x6E6F_6974_617A_6972
}
