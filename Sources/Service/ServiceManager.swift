public import Foundation
import Glibc

/// The service manager that started this program and wants to hear of it (sd_notify(3)): systemd, or whoever else set
/// `NOTIFY_SOCKET`.
///
/// Every message is one datagram that is sent without waiting. A service manager that does not read loses messages; it
/// never holds up the sender.
public final class ServiceManager: Sendable {
    /// What can be told; each is one line of a message.
    public enum Assignment: Sendable, Hashable {
        /// The service is up, for those that wait for it.
        case ready
        /// The service begins to end.
        case stopping
        /// One line for a person; controls are replaced by spaces.
        case status(String)
        /// A sign of life, due within ``ServiceManager/watchdogInterval``.
        case watchdog
        /// How long signs of life may be apart from now on, ns.
        case watchdogInterval(Int64)
        /// Starting or ending takes longer: how long from now, ns.
        case extendTimeout(Int64)

        fileprivate var line: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .status(let text):
                "STATUS="
                    + String(
                        String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }).prefix(500))
            case .watchdog: "WATCHDOG=1"
            case .watchdogInterval(let nanoseconds): "WATCHDOG_USEC=\(nanoseconds / 1_000)"
            case .extendTimeout(let nanoseconds): "EXTEND_TIMEOUT_USEC=\(nanoseconds / 1_000)"
            }
        }
    }

    /// How far apart signs of life may be, ns; nil where none are asked for.
    public let watchdogInterval: Int64?

    private let descriptor: Int32
    /// The socket's name as the kernel takes it: a path, or a zero byte and a name of the abstract name space (unix(7)).
    private let name: [UInt8]

    /// Finds the service manager.
    ///
    /// - Parameter environment: nil comes of one without `NOTIFY_SOCKET`, or with one that cannot be spoken to.
    public init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let text = environment["NOTIFY_SOCKET"], text.hasPrefix("/") || text.hasPrefix("@") else { return nil }
        var name = Array(text.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        // The last byte of a path's field must stay zero (unix(7)).
        guard name.count > 1, name.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { return nil }
        self.name = name
        watchdogInterval = Self.watchdogInterval(environment)
    }

    deinit {
        close(descriptor)
    }

    /// Sends one message.
    ///
    /// - Parameter assignments: what to tell.
    /// - Returns: whether it was taken.
    @discardableResult
    public func tell(_ assignments: [Assignment]) -> Bool {
        guard !assignments.isEmpty else { return true }
        let message = Array(assignments.map(\.line).joined(separator: "\n").utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let sent = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                message.withUnsafeBytes {
                    sendto(
                        descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT),
                        address, length)
                }
            }
        }
        return sent == message.count
    }

    /// `WATCHDOG_USEC`, unless it is meant for another process (sd_watchdog_enabled(3)).
    private static func watchdogInterval(_ environment: [String: String]) -> Int64? {
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else {
            return nil
        }
        if let process = environment["WATCHDOG_PID"], Int32(process) != getpid() { return nil }
        let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : nanoseconds
    }
}
