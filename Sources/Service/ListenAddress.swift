import Glibc

/// Where a server listens: an IP address and a port.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host as it was written, without brackets; a number of IPv4 or IPv6.
    public let host: String
    /// The port; 0 takes any that is free.
    public let port: UInt16

    /// Why a text is no address to listen on, in a sentence.
    public struct Invalid: Error, Hashable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// Reads `PORT` (on loopback), `HOST:PORT` or `[IPV6]:PORT`.
    ///
    /// - Parameter text: `localhost` and numbers are understood; names are not looked up, because what they lead to is
    ///   not ours to decide.
    /// - Throws: ``Invalid``.
    public init(_ text: String) throws(Invalid) {
        var host = "127.0.0.1"
        var port = Substring(text)
        if let colon = text.lastIndex(of: ":") {
            host = String(text[..<colon])
            port = text[text.index(after: colon)...]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = String(host.dropFirst().dropLast())
            } else if host.contains(":") {
                throw Invalid(description: "`\(text)`: write an IPv6 address in brackets: [\(host)]:\(port)")
            }
            if host == "localhost" { host = "127.0.0.1" }
        }
        guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port) else {
            throw Invalid(description: "`\(text)`: write PORT or HOST:PORT with a port from 0 to 65535")
        }
        self.host = host
        self.port = number
        guard family != nil else {
            throw Invalid(
                description: "`\(text)`: `\(host)` is no IP address; write one, or the port alone for 127.0.0.1")
        }
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        host == "::1" || (family == AF_INET && host.hasPrefix("127."))
    }

    /// As it is written in a URL.
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The same host with another port.
    func with(port: UInt16) -> ListenAddress {
        ListenAddress(host: host, port: port)
    }

    private init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    private var family: Int32? {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return AF_INET }
        if inet_pton(AF_INET6, host, &six) == 1 { return AF_INET6 }
        return nil
    }

    /// Hands over the address as the kernel takes it.
    func withSocketAddress<Value>(_ body: (_ family: Int32, UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        if family == AF_INET6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, host, &address.sin6_addr)
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body(AF_INET6, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(AF_INET, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
