import Foundation
import Glibc
import JSONScan
import Tape
import TestSupport
import Testing

/// A recorder as a service manager runs it.
@Suite struct UnattendedTests {
    @Test func `waits for a broker that is down, says so to the service manager, and ends in order`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        try broker.stop()
        let tape = workspace.path("waiting.tape")
        let manager = try NotifySocket(workspace)
        let recorder = try Program.start(
            ["record", tape, "--broker", broker.url, "--wait-for-broker"], in: workspace,
            environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "60000000"])
        try poll("READY while the broker is down; it said \(manager.lines)") { manager.hears("READY=1") }
        #expect(manager.lines.contains { $0.hasPrefix("STATUS=waiting for the broker: ") })
        try broker.start()
        try poll("the recording; it said \(manager.lines)") {
            manager.hears { $0.hasPrefix("STATUS=recording \(broker.url) as ") }
        }
        try broker.publish("v1/device/a/telemetry", ["-q", "1", "-m", "{}"])
        try poll("the message") { try TapeReader(path: tape).summary().messages == 1 }
        // Signs of life come from the recording thread's own upkeep, once a second.
        manager.forget()
        try poll("signs of life") { manager.hears("WATCHDOG=1") }
        #expect(try Program.stop(recorder) == 0)
        #expect(manager.hears("STOPPING=1"))
        #expect(manager.lines.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") })
        let gap = try #require(try TapeReader(path: tape).gaps().first)
        #expect(gap.cause == "disconnected")
        #expect(gap.detail?.hasPrefix("the recorder waited since ") == true)
        #expect(gap.endedAt != nil)
        // The next one notes the pause, in the figures too.
        let next = try Program.record(tape, from: broker, ["--metrics", "0", "--wait-for-broker"])
        let port = try #require(Self.port(next))
        #expect(try Exposition(try HTTPClient.body(port, "/metrics"))[#"tapedeck_connected"#] == 1)
        try poll("the pause in the figures") {
            let figures = try Exposition(try HTTPClient.body(port, "/metrics"))
            return figures[#"tapedeck_ledger_rows_total{cause="stopped"}"#] == 1
        }
        #expect(try Program.stop(next) == 0)
    }

    /// The port that a recorder serves its figures at.
    private static func port(_ recorder: ChildProcess) -> UInt16? {
        recorder.errors.firstMatch(of: /metrics on http:\/\/127\.0\.0\.1:(\d+)\/metrics/).flatMap { UInt16($0.1) }
    }

    @Test func `a wait that is in vain ends at a word, and leaves no tape`() throws {
        let workspace = try Workspace()
        let port = try PrivateBroker.freePort()
        let tape = workspace.path("vain.tape")
        let recorder = try Program.start(
            ["record", tape, "--broker", "mqtt://127.0.0.1:\(port)", "--wait-for-broker"], in: workspace)
        try poll("an attempt") { recorder.errors.contains("next attempt in") }
        #expect(try Program.stop(recorder) == 130)
        #expect(!FileManager.default.fileExists(atPath: tape))
        // Without the flag the first attempt is the last.
        let once = try Program.run(["record", tape, "--broker", "mqtt://127.0.0.1:\(port)"], in: workspace)
        #expect(once.status == 1)
    }

    @Test func `serves sound figures while it records, and takes no word from strangers amiss`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("figures.tape")
        let recorder = try Program.record(tape, from: broker, ["--metrics", "0"])
        let port = try #require(Self.port(recorder))
        for number in 0..<3 { try broker.publish("v1/device/a/telemetry", ["-q", "1", "-m", "{\"n\":\(number)}"]) }
        var silent: [Int32] = []
        defer { for descriptor in silent { close(descriptor) } }
        for _ in 0..<40 { silent.append(try HTTPClient.open(port, sending: "GET /metr")) }
        try poll("three messages in the figures") {
            try Exposition(try HTTPClient.body(port, "/metrics"))["tapedeck_messages_total"] == 3
        }
        let figures = try Exposition(try HTTPClient.body(port, "/metrics"))
        #expect(figures["tapedeck_connected"] == 1)
        #expect((figures["tapedeck_commit_duration_seconds_count"] ?? 0) > 0)
        #expect((figures["tapedeck_tape_size_bytes"] ?? 0) > 0)
        #expect((figures["tapedeck_disk_free_bytes"] ?? 0) > 0)
        #expect(abs((figures["tapedeck_last_message_timestamp_seconds"] ?? 0) - Date().timeIntervalSince1970) < 60)
        #expect(try HTTPClient.body(port, "/healthz") == "ok, recording\n")
        #expect(try HTTPClient.answer(port, "GARBAGE\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
        try broker.stop()
        try poll("the loss of the broker in the figures") {
            let figures = try Exposition(try HTTPClient.body(port, "/metrics"))
            return figures["tapedeck_connected"] == 0 && figures["tapedeck_ledger_open_rows"] == 1
                && figures[#"tapedeck_ledger_rows_total{cause="disconnected"}"#] == 1
        }
        #expect(try Program.stop(recorder) == 0)
    }

    @Test func `the file and the environment set what the command line does not`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("set.tape")
        let file = try workspace.write(
            "service.conf",
            """
            record.broker = mqtt://127.0.0.1:1
            record.tag = from=file
            record.topic = some/#
            record.max-messages = 1

            """)
        let recorder = try Program.start(
            ["record", tape, "--config", file, "--topic", "other/#"], in: workspace,
            environment: ["TAPEDECK_BROKER": broker.url])
        try poll("the recording: \(recorder.errors)") { recorder.errors.contains("recording ") }
        try broker.publish("some/a", ["-q", "1", "-m", "x"])
        try broker.publish("other/a", ["-q", "1", "-m", "y"])
        #expect(try recorder.wait() == 0)
        let reader = try TapeReader(path: tape)
        #expect(try reader.messages().next()?.topic == "other/a")
        #expect(try reader.sessions().first?.tags == #"{"from":"file"}"#)
    }

    @Test func `a setting that cannot be used ends with its line, and no secret is shown`() throws {
        let workspace = try Workspace()
        let file = try workspace.write("bad.conf", "record.qos = 1\nrecord.keep-for = soon\n")
        let secrets = [
            "TAPEDECK_PASSWORD": "hunter2", "TAPEDECK_BROKER": "mqtt://x:hunter3@h", "TAPEDECK_PW": "hunter4",
        ]
        for arguments in [
            ["record", workspace.path("x.tape"), "--config", file], ["config", "check", file],
        ] {
            let run = try Program.run(arguments, in: workspace, environment: secrets)
            #expect(run.errors.contains("bad.conf, line 2: --keep-for: "), "\(run.errors)")
            #expect(run.status == (arguments[0] == "record" ? 64 : 1))
            #expect(!(run.output + run.errors).contains("hunter"))
        }
        for arguments in [["config", "show"], ["config", "show", "--origin"], ["record", workspace.path("x.tape")]] {
            let run = try Program.run(arguments, in: workspace, environment: secrets)
            #expect(!(run.output + run.errors).contains("hunter"))
        }
    }

    @Test func `notes are objects for a collector and lines with priorities for the journal`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let recorder = try Program.record(workspace.path("a.tape"), from: broker, ["--log", "json", "--keep-secrets"])
        #expect(try Program.stop(recorder) == 0)
        let lines = recorder.errors.split(separator: "\n")
        #expect(lines.count >= 3)
        for line in lines {
            let entry = try JSONValue.parse(Array(line.utf8))
            #expect(entry["time"]?.string?.hasSuffix("Z") == true)
            #expect(["info", "warning"].contains(entry["level"]?.string))
            #expect(entry["message"]?.string?.isEmpty == false)
        }
        let other = try Program.record(
            workspace.path("b.tape"), from: broker, ["--log", "journal", "--keep-secrets"])
        #expect(try Program.stop(other) == 0)
        let priorities = Set(other.errors.split(separator: "\n").map { String($0.prefix(3)) })
        #expect(priorities == ["<4>", "<6>"])
    }
}

/// The datagram socket of a service manager.
private final class NotifySocket {
    let path: String
    private let descriptor: Int32
    private(set) var lines: [String] = []

    init(_ workspace: Workspace) throws {
        path = workspace.path("notify")
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Failure("bind: errno \(errno)") }
    }

    deinit {
        close(descriptor)
    }

    func hears(_ line: String) -> Bool { hears { $0 == line } }

    func hears(_ matches: (String) -> Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return lines.contains(where: matches) }
            lines += String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    func forget() {
        _ = hears("")
        lines = []
    }
}

/// As much of HTTP as the tests need.
private enum HTTPClient {
    static func open(_ port: UInt16, sending text: String) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = PrivateBroker.loopback(port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure("connect: errno \(errno)") }
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        return descriptor
    }

    static func answer(_ port: UInt16, _ request: String) throws -> String {
        let descriptor = try open(port, sending: request)
        defer { close(descriptor) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: result, as: UTF8.self) }
            result += buffer.prefix(count)
        }
    }

    static func body(_ port: UInt16, _ path: String) throws -> String {
        let answer = try answer(port, "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        guard answer.hasPrefix("HTTP/1.1 200 "), let end = answer.firstRange(of: "\r\n\r\n") else {
            throw Failure("no page at \(path): \(answer)")
        }
        return String(answer[end.upperBound...])
    }
}
