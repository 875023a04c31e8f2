import Glibc
import MQTTSession

/// A broker's address in a form that two spellings of the same have in common.
struct Endpoint: Hashable, Sendable {
    /// A host in lower case, an address in its shortest form, `loopback`, or the path of a socket.
    var host: String
    /// The port; the registered ports of MQTT with and without TLS count as one, and a socket's path has 0.
    var port: UInt16

    private static let loopback = "loopback"

    /// Takes a URL apart.
    init(_ address: BrokerAddress) {
        switch address.transport {
        case .tcp(let host, let port), .tls(let host, let port): self.init(host: host, port: port)
        case .unix(let path): self.init(path: path)
        }
    }

    /// Takes `address:port`, `[address]:port` or the path of a socket; nil for anything else.
    init?(_ text: String) {
        if text.hasPrefix("/") {
            self.init(path: text)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    private init(path: String) {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            host = String(cString: resolved)
        } else {
            host = path
        }
        port = 0
    }

    private init(host: String, port: UInt16) {
        var name = host.lowercased()
        if let zone = name.firstIndex(of: "%") { name = String(name[..<zone]) }
        if name.hasSuffix(".") { name.removeLast() }
        self.host = Self.normalized(name)
        // https://www.iana.org/assignments/service-names-port-numbers: mqtt 1883, secure-mqtt 8883.
        self.port = port == 8883 ? 1883 : port
    }

    private static func normalized(_ name: String) -> String {
        if name == "localhost" || name.hasSuffix(".localhost") { return loopback }
        var four = in_addr()
        if inet_pton(AF_INET, name, &four) == 1 || inet_aton(name, &four) != 0 { return normalized(four) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, name, &six) == 1 else { return name }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes[15] <= 1 { return loopback }
        // An IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2).
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
            return normalized(bytes[12...].map(\.self))
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &six, &text, socklen_t(text.count)) != nil else { return name }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func normalized(_ address: in_addr) -> String {
        var address = address
        return normalized(withUnsafeBytes(of: &address) { Array($0) })
    }

    private static func normalized(_ four: [UInt8]) -> String {
        // Linux takes 0.0.0.0 as a destination to mean this machine.
        if four.first == 127 || four.allSatisfy({ $0 == 0 }) { return loopback }
        return four.map(String.init).joined(separator: ".")
    }
}
