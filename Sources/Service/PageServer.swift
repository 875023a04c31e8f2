import CLinux
import Foundation
import Glibc
import Threads

/// A small HTTP server for a few pages that are made anew for each request: a thread of its own that waits for no
/// client and holds little for each.
///
/// It reads requests of at most 8 KiB, serves one on each connection, gives a client five seconds to ask and five to
/// take the answer, and drops the oldest connection when there are too many, so that clients which say nothing cannot
/// keep others out.
public final class PageServer: Sendable {
    /// Connections at one time.
    public static let connectionLimit = 16

    /// Where it listens, with the port that it got.
    public let address: ListenAddress

    private let listener: Int32
    private let wake = EventDescriptor()
    private let patience: Int64
    private let answer: @Sendable (_ path: String) -> Page?

    /// Why there is no server.
    public struct Failure: Error, CustomStringConvertible {
        /// One sentence for a person.
        public let description: String
    }

    /// Listens; nothing is served before ``start()``.
    ///
    /// - Parameters:
    ///   - address: where to listen.
    ///   - patience: how long a client may take to ask, and to take the answer, ns.
    ///   - answer: the page at a path, nil where there is none; called on the server's thread.
    /// - Throws: ``Failure`` when the address cannot be had.
    public init(
        _ address: ListenAddress, patience: Int64 = 5_000_000_000, answer: @escaping @Sendable (_ path: String) -> Page?
    ) throws(Failure) {
        func failure(_ code: Int32) -> Failure {
            Failure(description: "cannot listen on \(address): \(String(cString: strerror(code)))")
        }
        self.patience = patience
        self.answer = answer
        var reached: Int32 = 0
        listener = address.withSocketAddress { family, pointer, length in
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = socket(family, type, 0)
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            if descriptor < 0 || bind(descriptor, pointer, length) != 0 || listen(descriptor, 128) != 0 {
                reached = errno
            }
            return descriptor
        }
        guard reached == 0, wake.descriptor >= 0 else {
            tapedeck_close(listener)
            throw failure(reached == 0 ? EMFILE : reached)
        }
        self.address = address.with(port: Self.port(of: listener) ?? address.port)
    }

    deinit {
        tapedeck_close(listener)
    }

    /// Starts the thread; it ends with ``stop()``.
    public func start() {
        let thread = Thread { [self] in serve() }
        thread.name = "pages"
        thread.stackSize = 512 << 10
        thread.start()
    }

    /// Ends the thread soon; what is being served is broken off.
    public func stop() {
        wake.signal()
    }

    private func serve() {
        var clients: [PageClient] = []
        while true {
            var descriptors = [
                pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            ]
            descriptors += clients.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
            let until = clients.map(\.deadline).min()
            // A millisecond more, so that the deadline has passed when it wakes.
            let milliseconds = until.map { max(0, ($0 - Self.now) / 1_000_000 + 1) } ?? -1
            guard poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: milliseconds)) >= 0 || errno == EINTR
            else { return }
            if descriptors[0].revents != 0 { return }
            for (index, client) in clients.enumerated() where descriptors[index + 2].revents != 0 {
                client.proceed(until: Self.now + patience, answer)
            }
            let now = Self.now
            clients.removeAll { $0.isDone || $0.deadline <= now }
            if descriptors[1].revents != 0 { accept(into: &clients) }
        }
    }

    /// Takes clients that have connected, some at a time so that those who are there get on as well.
    private func accept(into clients: inout [PageClient]) {
        for _ in 0..<Self.connectionLimit / 2 {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else {
                // Out of descriptors: without a pause the waiting client would keep this thread spinning.
                if errno == EMFILE || errno == ENFILE { usleep(100_000) }
                return
            }
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let client = PageClient(descriptor, deadline: Self.now + patience)
            // Who has asked already is answered before anybody else can take its place.
            client.proceed(until: Self.now + patience, answer)
            if client.isDone { continue }
            if clients.count >= Self.connectionLimit { clients.removeFirst() }
            clients.append(client)
        }
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func port(of descriptor: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &length) == 0 else { return nil }
                // The port stands at the same place for IPv4 and IPv6 (ip(7), ipv6(7)).
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
    }
}
