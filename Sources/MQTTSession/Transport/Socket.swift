import CLinux
import Glibc

/// A connected, non-blocking stream socket; closed with its last reference.
final class Socket {
    let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Opens a connection: every address of the name in turn, until one answers.
    ///
    /// Looking up the name and connecting block; a stop signal ends the connecting.
    ///
    /// - Parameters:
    ///   - transport: where the broker listens.
    ///   - patience: how long one address may take, ns.
    /// - Returns: the connected socket.
    /// - Throws: ``TransportFailure`` with what the last address said.
    static func connected(to transport: BrokerAddress.Transport, patience: Int64) throws(TransportFailure) -> Socket {
        switch transport {
        case .unix(let path): return try local(path)
        case .tcp(let host, let port), .tls(let host, let port):
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var list: UnsafeMutablePointer<addrinfo>?
            let code = getaddrinfo(host, String(port), &hints, &list)
            guard code == 0 else { throw TransportFailure(reason: "\(host): \(String(cString: gai_strerror(code)))") }
            defer { freeaddrinfo(list) }
            var failure = TransportFailure(reason: "\(host) has no address")
            var next = list
            while let entry = next {
                do {
                    let socket = try open(entry.pointee.ai_family)
                    try socket.connect(entry.pointee.ai_addr, entry.pointee.ai_addrlen, patience)
                    socket.setOption(Int32(IPPROTO_TCP), TCP_NODELAY)
                    return socket
                } catch {
                    failure = error
                }
                if failure.isInterruption { break }
                next = entry.pointee.ai_next
            }
            throw failure
        }
    }

    private static func local(_ path: String) throws(TransportFailure) -> Socket {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            room.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { throw TransportFailure(reason: "the path of a Unix socket has at most 107 bytes") }
        let socket = try open(AF_UNIX)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw TransportFailure(errno: errno) }
        return socket
    }

    private static func open(_ family: Int32) throws(TransportFailure) -> Socket {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(family, type, 0)
        guard descriptor >= 0 else { throw TransportFailure(errno: errno) }
        return Socket(descriptor)
    }

    private func connect(
        _ address: UnsafeMutablePointer<sockaddr>?, _ length: socklen_t, _ patience: Int64
    ) throws(TransportFailure) {
        guard Glibc.connect(descriptor, address, length) != 0 else { return }
        guard errno == EINPROGRESS else { throw TransportFailure(errno: errno) }
        try wait(for: Int16(POLLOUT), until: MonotonicClock.now &+ patience)
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else { throw TransportFailure(errno: code) }
    }

    /// Waits until the socket is ready.
    ///
    /// - Throws: ``TransportFailure`` when time is up or the process is to stop.
    func wait(for events: Int16, until deadline: Int64) throws(TransportFailure) {
        while true {
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let left = max(0, deadline &- MonotonicClock.now)
            let ready = poll(&entry, 1, Int32(clamping: left / 1_000_000 + 1))
            if ready > 0 { return }
            guard ready < 0 else { throw TransportFailure(errno: ETIMEDOUT) }
            guard errno == EINTR, tapedeck_stop_signal() == 0 else { throw TransportFailure(errno: errno) }
        }
    }

    private func setOption(_ level: Int32, _ name: Int32) {
        var yes: Int32 = 1
        setsockopt(descriptor, level, name, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    func receive(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        while true {
            let count = recv(descriptor, room.baseAddress, room.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .blocked : .failed(TransportFailure(errno: errno))
        }
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .blocked : .failed(TransportFailure(errno: errno))
        }
    }
}

/// What became of a read or a write.
enum Transfer {
    /// So many bytes were moved.
    case bytes(Int)
    /// Nothing can be moved at the moment.
    case blocked
    /// The other end has closed the connection.
    case ended
    /// The connection is broken.
    case failed(TransportFailure)
}

/// Why the connection's bytes do not flow.
struct TransportFailure: Error, Hashable {
    /// What happened, for a person.
    var reason: String
    /// Whether a signal ended the waiting.
    var isInterruption = false
    /// Whether the other end ended the connection, by a word or without.
    var isClosing = false

    /// The other end ended the connection in order.
    static var closed: TransportFailure {
        var failure = TransportFailure(reason: "the broker closed the connection")
        failure.isClosing = true
        return failure
    }

    init(reason: String) {
        self.reason = reason
    }

    init(errno number: Int32) {
        reason = String(cString: strerror(number))
        isInterruption = number == EINTR
        isClosing = number == ECONNRESET || number == EPIPE
    }
}

/// CLOCK_MONOTONIC, ns.
enum MonotonicClock {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
