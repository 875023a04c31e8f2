import ArgumentParser
import Foundation
import MQTTSession

/// The broker and how to connect to it: the letters mean what they mean to mosquitto_sub.
struct ConnectionFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The broker: mqtt://host:port, mqtts://host:port or unix:/path; `record` takes several. [env: TAPEDECK_BROKER]",
            valueName: "broker"))
    var broker: [String] = []

    @Option(name: [.customShort("h"), .long], help: "The broker's host name, instead of --broker.")
    var host: String?

    @Option(name: .shortAndLong, help: "The broker's port, with --host (default: 1883, with TLS options 8883).")
    var port: UInt16?

    @Option(name: .shortAndLong, help: "The user name. [env: TAPEDECK_USERNAME]")
    var username: String?

    @Option(
        name: [.customShort("P"), .customLong("pw")],
        help: "The password; visible to others in the process list: prefer TAPEDECK_PASSWORD or --password-file.")
    var password: String?

    @Option(
        help:
            "A file whose first line is the password. [env: TAPEDECK_PASSWORD holds the password itself]; without either, a terminal asks for it."
    )
    var passwordFile: String?

    @Option(name: [.customShort("i"), .customLong("id")], help: "The MQTT client id.")
    var clientID: String?

    @Option(name: [.customShort("k"), .customLong("keepalive")], help: "Keep alive in seconds, 5 to 65535.")
    var keepAlive: Int32 = 60

    @OptionGroup var tls: TLSFlags

    func validate() throws {
        guard (5...65535).contains(keepAlive) else { throw ValidationError("--keepalive takes 5 to 65535 seconds.") }
        guard broker.isEmpty || host == nil else { throw ValidationError("Give either --broker or --host, not both.") }
        if tls.isUsed, !broker.allSatisfy({ ["mqtts:", "ssl:", "tls:"].contains(where: $0.lowercased().hasPrefix) }) {
            throw ValidationError(
                "--cafile, --cert, --key, --insecure, --server-name, --alpn and --psk-identity need a TLS connection: "
                    + "write mqtts://host:port.")
        }
        guard port == nil || host != nil else {
            throw ValidationError("--port belongs to --host; with --broker the port stands in the URL.")
        }
    }

    /// The brokers' addresses from the flags or the environment; none where nothing names one.
    func addresses() throws -> [BrokerAddress] {
        if let host {
            let secure = tls.isUsed
            let port = port ?? (secure ? 8883 : 1883)
            return [BrokerAddress(secure ? .tls(host: host, port: port) : .tcp(host: host, port: port))]
        }
        let texts =
            broker.isEmpty
            ? Self.environment("TAPEDECK_BROKER").map { $0.split(separator: "\n").map(String.init) } ?? [] : broker
        return try texts.map(Self.address)
    }

    /// Parses an address.
    ///
    /// - Throws: `ValidationError`.
    static func address(_ text: String) throws -> BrokerAddress {
        do {
            return try BrokerAddress(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// All options of the connection to the one broker, with `defaultClientID` where no client id was given.
    func options(defaultClientID: String) throws -> ConnectionOptions {
        let addresses = try addresses()
        guard let address = addresses.first else { throw Self.noBroker }
        guard addresses.count == 1 else { throw ValidationError("Several brokers: only `record` takes more than one.") }
        return try options(address, clientID: clientID ?? defaultClientID)
    }

    static let noBroker = ValidationError("No broker: give --broker mqtt://host:port, or set TAPEDECK_BROKER.")

    /// All options of a connection to a broker.
    func options(_ address: BrokerAddress, clientID: String) throws -> ConnectionOptions {
        var options = ConnectionOptions(address: address, clientID: clientID)
        options.username = username ?? Self.environment("TAPEDECK_USERNAME")
        options.password = try resolvedPassword()
        if options.password == nil, let username = options.username {
            options.password = PasswordPrompt.answer(for: username, at: options.address.description)
        }
        options.keepAlive = keepAlive
        options.tls = try tls.options()
        return options
    }

    private func resolvedPassword() throws -> String? {
        if let password {
            Notes.warning(
                "-P shows the password to everybody on this machine; use TAPEDECK_PASSWORD or --password-file")
            return password
        }
        if let passwordFile {
            guard let data = FileManager.default.contents(atPath: passwordFile) else {
                throw ValidationError("--password-file: \(passwordFile) cannot be read.")
            }
            return String(decoding: data.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
        }
        return Self.environment("TAPEDECK_PASSWORD") ?? ServiceCredential.text("password")
    }

    static func environment(_ name: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
        return value
    }
}
