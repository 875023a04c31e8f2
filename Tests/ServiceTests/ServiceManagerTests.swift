import Foundation
import Glibc
import Service
import Testing

/// A datagram socket as a service manager has one.
private final class Receiver {
    let descriptor: Int32
    let name: String

    init(abstract: Bool) throws {
        let unique = "/tmp/tapedeck-notify-\(UUID().uuidString.prefix(8))"
        name = abstract ? "@" + unique.dropFirst(5) : unique
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = abstract ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(bound == 0)
    }

    deinit {
        close(descriptor)
        if name.hasPrefix("/") { unlink(name) }
    }

    func message() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

@Suite struct ServiceManagerTests {
    @Test(arguments: [false, true])
    func `a message is one datagram of lines, also to an abstract socket`(abstract: Bool) throws {
        let receiver = try Receiver(abstract: abstract)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": receiver.name]))
        #expect(manager.tell([.ready, .status("one\ntwo"), .watchdog]))
        #expect(receiver.message() == "READY=1\nSTATUS=one two\nWATCHDOG=1")
        #expect(manager.tell([.extendTimeout(30_000_000_000), .watchdogInterval(2_000_000), .stopping]))
        #expect(receiver.message() == "EXTEND_TIMEOUT_USEC=30000000\nWATCHDOG_USEC=2000\nSTOPPING=1")
    }

    @Test func `without a socket that can be spoken to there is no manager`() {
        #expect(ServiceManager(environment: [:]) == nil)
        for name in ["", "@", "relative", "vsock:2:1234", "/" + String(repeating: "x", count: 200)] {
            #expect(ServiceManager(environment: ["NOTIFY_SOCKET": name]) == nil)
        }
    }

    @Test func `a manager that is gone or does not read never holds up the sender`() throws {
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": "/nowhere/at/all"]))
        #expect(!manager.tell([.ready]))
        let receiver = try Receiver(abstract: true)
        let full = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": receiver.name]))
        let sent = (0..<10_000).prefix { _ in full.tell([.watchdog]) }.count
        #expect(sent < 10_000)
    }

    @Test func `the watchdog counts only for the process that it names`() {
        func interval(_ variables: [String: String]) -> Int64? {
            ServiceManager(environment: variables.merging(["NOTIFY_SOCKET": "/x"]) { $1 })?.watchdogInterval
        }
        #expect(interval([:]) == nil)
        #expect(interval(["WATCHDOG_USEC": "30000000"]) == 30_000_000_000)
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]) == 30_000_000_000)
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
        for text in ["0", "-1", "x", "9223372036854775807"] { #expect(interval(["WATCHDOG_USEC": text]) == nil) }
    }

    @Test func `only the descriptor that the journal named is the journal's`() throws {
        var status = stat()
        try #require(fstat(2, &status) == 0)
        #expect(JournalStream.isConnected(2, value: "\(status.st_dev):\(status.st_ino)"))
        #expect(!JournalStream.isConnected(2, value: "\(status.st_dev):\(status.st_ino &+ 1)"))
        for value in [nil, "", "1", "a:b", "1:2:3"] { #expect(!JournalStream.isConnected(2, value: value)) }
    }
}
