import Foundation
import Glibc

/// A mosquitto of the test's own on a free loopback port; it ends with the test, by its process id.
final class PrivateBroker {
    let workspace: Workspace
    let port: UInt16
    private let configuration: String
    private(set) var process: ChildProcess

    /// Starts a broker; `settings` are further lines of its configuration.
    init(_ workspace: Workspace, settings: String = "") throws {
        self.workspace = workspace
        port = try Self.freePort()
        // Started as root mosquitto would become the user "mosquitto", who may not write into this folder.
        let user = geteuid() == 0 ? "user root\n" : ""
        configuration = try workspace.write(
            "mosquitto-\(port).conf",
            """
            listener \(port) 127.0.0.1
            allow_anonymous true
            max_queued_messages 1000000
            \(user)\(settings)

            """)
        process = try Self.start(configuration, port, workspace)
    }

    deinit {
        process.signal(SIGTERM)
        _ = try? process.wait(within: 10)
    }

    var url: String { "mqtt://127.0.0.1:\(port)" }

    /// Stops the broker in order and waits for its end.
    func stop() throws {
        process.signal(SIGTERM)
        try process.wait()
    }

    /// Starts it again on the same port.
    func start() throws {
        process = try Self.start(configuration, port, workspace)
    }

    /// Publishes with mosquitto_pub, a client that is not ours.
    func publish(_ topic: String, _ arguments: [String]) throws {
        let child = try ChildProcess(
            "mosquitto_pub", ["-V", "5", "-h", "127.0.0.1", "-p", "\(port)", "-t", topic] + arguments, in: workspace)
        guard try child.wait() == 0 else { throw Failure("mosquitto_pub: \(child.errors)") }
    }

    /// Publishes lines from its standard input, one message each, QoS 1.
    func linePublisher(_ topic: String, qos: Int = 1) throws -> ChildProcess {
        try ChildProcess(
            "mosquitto_pub",
            [
                "-V", "5", "-h", "127.0.0.1", "-p", "\(port)", "-t", topic, "-q", "\(qos)", "-l", "-i",
                "pub-\(UUID().uuidString)",
            ],
            in: workspace, pipesInput: true)
    }

    /// Subscribes with mosquitto_sub and waits until it has its SUBACK.
    func subscriber(_ filter: String, format: String, qos: Int = 1) throws -> ChildProcess {
        // Without stdbuf its output would stay in a buffer until it ends.
        let child = try ChildProcess(
            "stdbuf",
            [
                "-oL", "mosquitto_sub", "-V", "5", "-h", "127.0.0.1", "-p", "\(port)", "-t", filter, "-q", "\(qos)",
                "-F", format, "-d",
                "--retain-as-published",
            ], in: workspace)
        try poll("mosquitto_sub's SUBACK: \(child.output)") { child.output.contains("Subscribed (mid") }
        return child
    }

    private static func start(_ configuration: String, _ port: UInt16, _ workspace: Workspace) throws -> ChildProcess {
        let program =
            FileManager.default.fileExists(atPath: "/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto"
        let process = try ChildProcess(program, ["-c", configuration], in: workspace)
        try poll("mosquitto on port \(port); it said: \(process.errors)") {
            guard process.exitStatus == nil else { throw Failure("mosquitto did not start: \(process.errors)") }
            return accepts(port)
        }
        return process
    }

    private static func accepts(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A port that nobody listens on now.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard found else { throw Failure("no free port: errno \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }

    static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
