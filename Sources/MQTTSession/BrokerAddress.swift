/// Where a broker listens, as a URL: `mqtt://host:port`, `mqtts://host:port` or `unix:/path`.
public struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
    /// How the connection is made.
    public enum Transport: Sendable, Hashable {
        /// Plain TCP.
        case tcp(host: String, port: UInt16)
        /// TLS over TCP.
        case tls(host: String, port: UInt16)
        /// A Unix domain socket.
        case unix(path: String)
    }

    /// How the connection is made.
    public var transport: Transport

    /// Takes a transport as it is.
    public init(_ transport: Transport) {
        self.transport = transport
    }

    /// Parses a URL; a bare `host` or `host:port` means `mqtt://`.
    ///
    /// Ports default to 1883 and, with TLS, 8883. IPv6 addresses stand in brackets.
    ///
    /// - Throws: ``InvalidBrokerAddress``, also for a URL with a user name or password in it: those come from the
    ///   environment or a file, never from an argument that others can read.
    public init(_ text: String) throws(InvalidBrokerAddress) {
        // Whatever else is wrong: what stands before an `@` may be a password and is not repeated.
        if let at = text.lastIndex(of: "@") {
            throw InvalidBrokerAddress(
                text: "…" + text[at...],
                reason: "a user name or password does not belong into the URL (use -u and TAPEDECK_PASSWORD)")
        }
        func invalid(_ reason: String) -> InvalidBrokerAddress { InvalidBrokerAddress(text: text, reason: reason) }
        if text.hasPrefix("unix:") {
            var path = text.dropFirst("unix:".count)
            if path.hasPrefix("//") { path = path.dropFirst(2) }
            guard path.hasPrefix("/") else { throw invalid("a socket's path begins with `/`") }
            transport = .unix(path: String(path))
            return
        }
        var secure = false
        var rest = text[...]
        if let separator = Self.schemeSeparator(in: text) {
            switch text[..<separator.lowerBound].lowercased() {
            case "mqtt", "tcp": break
            case "mqtts", "ssl", "tls": secure = true
            case let scheme: throw invalid("`\(scheme)` is no scheme it knows (mqtt, mqtts, unix)")
            }
            rest = text[separator.upperBound...]
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains("/") else { throw invalid("a broker has no path") }
        let host: Substring
        var portText: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw invalid("`]` is missing") }
            host = rest[rest.index(after: rest.startIndex)..<end]
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw invalid("`:` expected after `]`") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = rest.lastIndex(of: ":"), rest.firstIndex(of: ":") == colon {
            host = rest[..<colon]
            portText = rest[rest.index(after: colon)...]
        } else {
            host = rest
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "\0" }) else {
            throw invalid("the host is missing")
        }
        var port: UInt16 = secure ? 8883 : 1883
        if let portText {
            guard let number = UInt16(portText), number > 0 else {
                throw invalid("`\(portText)` is no port (1 to 65535)")
            }
            port = number
        }
        transport = secure ? .tls(host: String(host), port: port) : .tcp(host: String(host), port: port)
    }

    /// The address as a URL.
    public var description: String {
        switch transport {
        case .tcp(let host, let port): "mqtt://\(Self.bracketed(host)):\(port)"
        case .tls(let host, let port): "mqtts://\(Self.bracketed(host)):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    private static func schemeSeparator(in text: String) -> Range<String.Index>? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        return colon..<text.index(colon, offsetBy: 3)
    }

    private static func bracketed(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }
}

/// A text that is no broker address.
public struct InvalidBrokerAddress: Error, Hashable, CustomStringConvertible {
    /// The text as given.
    public var text: String
    /// What is wrong with it.
    public var reason: String

    /// One sentence for a person.
    public var description: String {
        "`\(text)` is no broker address: \(reason); for example mqtt://broker.example:1883"
    }
}
