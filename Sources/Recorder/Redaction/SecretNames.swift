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
    /// A bit for each three letters that a name may end in, by their low bits.
    let ends: [UInt64]
    /// Whether a quick look cannot tell that a name does not occur: it is too short, or not ASCII.
    let mustLook: Bool

    /// Names that the user gave, and what the user's pointers end in.
    let looked: [[UInt8]]

    /// The known names and those of the user.
    init(_ names: [String] = [], places: [String] = []) {
        given = Set(names.map { $0.utf8.map(Self.lowered) })
        looked = (names + places).map { Array($0.utf8) }
        mustLook = looked.contains { $0.count < 3 || !$0.allSatisfy { $0 < 0x80 && $0 != 0x22 && $0 != 0x5C } }
        ends = Self.ends(
            of: looked + Self.known.flatMap { [$0.end, $0.end + [UInt8(ascii: "s")]] })
    }

    // MARK: - Deciding

    /// What of the value under a name is secret.
    func secrecy(of name: Span<UInt8>) -> Secrecy {
        if !given.isEmpty, isGiven(name) { return .all }
        return Self.known(name)
    }

    /// Whether a name is a word, whatever its case; the word is in lower case.
    static func equals(_ name: Span<UInt8>, _ word: StaticString) -> Bool {
        guard name.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            for index in word.indices where word[index] != lowered(name[index]) { return false }
            return true
        }
    }

    private func isGiven(_ name: Span<UInt8>) -> Bool {
        var lowered: [UInt8] = []
        lowered.reserveCapacity(name.count)
        for index in name.indices { lowered.append(Self.lowered(name[index])) }
        return given.contains(lowered)
    }

    static func known(_ name: Span<UInt8>) -> Secrecy {
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
}
