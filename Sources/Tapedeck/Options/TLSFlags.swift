import ArgumentParser
import Foundation
import MQTTSession

/// How a TLS connection is made; the names are those of mosquitto_sub where it has them.
struct TLSFlags: ParsableArguments {
    @Option(help: "PEM file of the certificate authorities to trust (default: those of the system).")
    var cafile: String?

    @Option(help: "PEM file of the client certificate.")
    var cert: String?

    @Option(help: "PEM file of the client certificate's key, without a passphrase.")
    var key: String?

    @Flag(help: "Do not check the host name in the broker's certificate.")
    var insecure = false

    @Option(help: "The name that the broker is asked for (SNI) and that its certificate must have, if not the host.")
    var serverName: String?

    @Option(name: .customLong("alpn"), help: "An application protocol to offer (ALPN); may be repeated.")
    var protocols: [String] = []

    @Option(help: "The name of a key shared with the broker, used instead of certificates (TLS-PSK).")
    var pskIdentity: String?

    @Option(help: "A file whose first line is the shared key in hexadecimal. [env: TAPEDECK_PSK holds the key itself]")
    var pskFile: String?

    /// Whether any of them was given; they mean nothing without TLS.
    var isUsed: Bool {
        cafile != nil || cert != nil || key != nil || insecure || serverName != nil || !protocols.isEmpty
            || pskIdentity != nil || pskFile != nil
    }

    func validate() throws {
        guard (cert == nil) == (key == nil) else { throw ValidationError("--cert and --key belong together.") }
        guard pskFile == nil || pskIdentity != nil else {
            throw ValidationError("--psk-file needs --psk-identity, the name under which the broker knows the key.")
        }
        guard pskIdentity == nil || cert == nil else {
            throw ValidationError("--psk-identity is used instead of certificates: leave --cert and --key out.")
        }
        for name in protocols {
            guard (1...255).contains(name.utf8.count) else { throw ValidationError("--alpn takes 1 to 255 bytes.") }
        }
    }

    /// The options of the connection.
    func options() throws -> ConnectionOptions.TLS {
        var options = ConnectionOptions.TLS()
        options.authorities = cafile
        options.certificate = cert
        options.key = key
        options.insecure = insecure
        options.serverName = serverName
        options.protocols = protocols
        options.sharedKey = try sharedKey()
        if insecure { Notes.warning("--insecure: the broker's host name is not checked; anybody could pose as it") }
        return options
    }

    private func sharedKey() throws -> ConnectionOptions.TLS.SharedKey? {
        guard let pskIdentity else { return nil }
        let text: String
        if let pskFile {
            guard let data = FileManager.default.contents(atPath: pskFile) else {
                throw ValidationError("--psk-file: \(pskFile) cannot be read.")
            }
            text = String(decoding: data.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
        } else if let key = ConnectionFlags.environment("TAPEDECK_PSK") {
            text = key
        } else {
            throw ValidationError("--psk-identity needs the key: give --psk-file, or set TAPEDECK_PSK.")
        }
        // What is wrong with it is said without repeating it.
        guard let key = Self.bytes(hexadecimal: text), !key.isEmpty else {
            throw ValidationError("The shared key is not hexadecimal: it has two digits 0-9 or a-f for each byte.")
        }
        return .init(identity: pskIdentity, key: key)
    }

    static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
