import Glibc

/// Names the far end of a socket.
enum SocketPeer {
    static func name(of socket: Int32) -> String? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getpeername(socket, address, &length) == 0 ? numeric(address, length) : nil
            }
        }
        return named
    }

    /// `address:port` with an IPv6 address in brackets.
    static func numeric(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String? {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        guard
            getnameinfo(
                address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV) == 0
        else { return nil }
        let text = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let service = String(decoding: port.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.contains(":") ? "[\(text)]:\(service)" : "\(text):\(service)"
    }
}

extension BrokerAddress {
    /// Every `address:port` that the name stands for now, or the path of a Unix socket; empty when it cannot be
    /// looked up.
    public func resolved() -> [String] {
        let (host, port): (String, UInt16)
        switch transport {
        case .tcp(let name, let number), .tls(let name, let number): (host, port) = (name, number)
        case .unix(let path): return [path]
        }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var names: [String] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr, let name = SocketPeer.numeric(address, entry.pointee.ai_addrlen) {
                names.append(name)
            }
            next = entry.pointee.ai_next
        }
        return names
    }
}
