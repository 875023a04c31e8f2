import Foundation
import Glibc
import Testing

@testable import Service

/// A client that sends bytes as it likes.
private final class RawClient {
    let descriptor: Int32

    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
    }

    deinit {
        close(descriptor)
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == bytes.count
    }

    /// Everything until the server closes.
    func answer() -> String {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: result, as: UTF8.self) }
            result += buffer.prefix(count)
        }
    }
}

@Suite struct PageServerTests {
    private static func server(patience: Int64 = 5_000_000_000, _ body: String = "hello") throws -> PageServer {
        let server = try PageServer(ListenAddress("0"), patience: patience) { path in
            path == "/page" ? Page(line: body) : nil
        }
        server.start()
        return server
    }

    private static func ask(_ server: PageServer, _ request: String) throws -> String {
        let client = try RawClient(server.address.port)
        client.send(Array(request.utf8))
        return client.answer()
    }

    @Test func `a page is served whole, its head alone to HEAD, and the connection closed`() throws {
        let server = try Self.server()
        defer { server.stop() }
        let answer = try Self.ask(server, "GET /page?x=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\nContent-Length: 6\r\n"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nhello\n"))
        let head = try Self.ask(server, "HEAD /page HTTP/1.0\n\n")
        #expect(head.contains("Content-Length: 6") && head.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [
        ("GET /other HTTP/1.1\r\n\r\n", 404), ("POST /page HTTP/1.1\r\nContent-Length: 9\r\n\r\nxxxxxxxxx", 405),
        ("\r\n\r\n", 400), ("GET\r\n\r\n", 400), ("GET page HTTP/1.1\r\n\r\n", 400), ("GET /page HTTP/2\r\n\r\n", 400),
        ("GET  /page HTTP/1.1\r\n\r\n", 400), ("get /page HTTP/1.1\r\n\r\n", 400),
        ("GET /\u{1}a HTTP/1.1\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\n\n", 400),
    ])
    func `what is no request for a page is refused`(request: String, status: Int) throws {
        let server = try Self.server()
        defer { server.stop() }
        #expect(try Self.ask(server, request).hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test func `a request that does not end is refused at 8 KiB`() throws {
        let server = try Self.server()
        defer { server.stop() }
        let answer = try Self.ask(server, "GET /page HTTP/1.1\r\nX: " + String(repeating: "a", count: 9_000))
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
    }

    @Test func `clients that say nothing keep nobody out`() throws {
        let server = try Self.server()
        defer { server.stop() }
        // Far more than there is room for, each with half a request, all held open.
        var silent: [RawClient] = []
        for _ in 0..<100 {
            let client = try RawClient(server.address.port)
            client.send(Array("GET /page HT".utf8))
            silent.append(client)
            if silent.count % 20 == 0 {
                #expect(try Self.ask(server, "GET /page HTTP/1.1\r\n\r\n").hasSuffix("hello\n"))
            }
        }
    }

    @Test func `a client that does not finish its request in time is dropped`() throws {
        let server = try Self.server(patience: 100_000_000)
        defer { server.stop() }
        let client = try RawClient(server.address.port)
        client.send(Array("GET /page".utf8))
        #expect(client.answer() == "")
    }

    @Test func `a client that does not take its answer in time is dropped and the others are served`() throws {
        let server = try Self.server(patience: 3_000_000_000, String(repeating: "x", count: 16 << 20))
        defer { server.stop() }
        let lazy = try RawClient(server.address.port)
        lazy.send(Array("GET /page HTTP/1.1\r\n\r\n".utf8))
        let answer = try Self.ask(server, "GET /page HTTP/1.1\r\n\r\n")
        #expect(answer.utf8.count > 16 << 20)
        let started = ContinuousClock.now
        while lazy.send([0]), ContinuousClock.now - started < .seconds(60) { usleep(10_000) }
        #expect(lazy.answer().utf8.count < 16 << 20)
    }

    @Test func `random bytes are survived`() throws {
        let server = try Self.server()
        defer { server.stop() }
        var state: UInt64 = 7
        func random() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
        for _ in 0..<200 {
            let client = try RawClient(server.address.port)
            client.send((0..<Int(random())).map { _ in random() } + [10, 10])
            #expect(client.answer().hasPrefix("HTTP/1.1 4"))
        }
        #expect(try Self.ask(server, "GET /page HTTP/1.1\r\n\r\n").hasSuffix("hello\n"))
    }

    @Test func `a port that is taken is named in the error`() throws {
        let server = try Self.server()
        defer { server.stop() }
        let address = server.address
        #expect(performing: { try PageServer(address) { _ in nil } }, throws: { "\($0)".contains("\(address)") })
    }

    @Test func `a request is taken in any pieces`() {
        let request = Array("GET /a HTTP/1.1\r\nHost: b\r\n\r\n".utf8)
        for count in 0..<request.count {
            #expect(PageRequest.parse(Array(request.prefix(count))) == .incomplete)
        }
        #expect(PageRequest.parse(request) == .request(PageRequest(method: .get, path: "/a")))
    }
}
