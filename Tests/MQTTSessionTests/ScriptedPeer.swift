import Glibc
import MQTTSession
import Testing

/// The broker's end of a connection over a Unix socket, spoken byte by byte.
final class ScriptedPeer {
    let path: String
    private let listener: Int32
    private var client: Int32 = -1

    init() throws {
        var template = Array("/tmp/tapedeck-peer-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PeerFailure(what: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) + "/socket"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard bound, listen(listener, 4) == 0 else { throw PeerFailure(what: "listen", errno: errno) }
    }

    deinit {
        close(listener)
        if client >= 0 { close(client) }
        unlink(path)
        rmdir(String(path.dropLast("/socket".count)))
    }

    /// A connection to this peer whose CONNECT was read.
    func connection(_ change: (inout ConnectionOptions) -> Void = { _ in }) throws -> BrokerConnection {
        var options = ConnectionOptions(address: BrokerAddress(.unix(path: path)), clientID: "me")
        change(&options)
        let connection = try BrokerConnection(options)
        try connection.connect()
        if client >= 0 { close(client) }
        client = accept(listener, nil, nil)
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        return connection
    }

    /// A connection that this peer has accepted with these properties.
    func accepted(
        sessionPresent: Bool = false, properties: [UInt8] = [], _ change: (inout ConnectionOptions) -> Void = { _ in }
    ) throws -> BrokerConnection {
        let connection = try connection(change)
        _ = received()
        send([0x20, UInt8(3 + properties.count), sessionPresent ? 1 : 0, 0, UInt8(properties.count)] + properties)
        #expect(try connection.read(limit: 1) == false)
        guard case .connected? = connection.takeEvents().first else { throw PeerFailure(what: "CONNACK", errno: 0) }
        return connection
    }

    /// Everything that has come from the client.
    func received() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    /// Sends bytes; how many fit into the socket.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        Glibc.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func hangUp() {
        close(client)
        client = -1
    }

    /// A PUBLISH packet as a broker would send it.
    static func publish(
        _ topic: String, _ payload: [UInt8], qos: UInt8 = 1, packetID: UInt16 = 1, dup: Bool = false,
        retain: Bool = false,
        properties: [UInt8] = []
    ) -> [UInt8] {
        var body: [UInt8] = [UInt8(topic.utf8.count >> 8), UInt8(topic.utf8.count & 0xff)] + topic.utf8
        if qos > 0 { body += [UInt8(packetID >> 8), UInt8(packetID & 0xff)] }
        body += length(properties.count) + properties + payload
        return [0x30 | qos << 1 | (dup ? 8 : 0) | (retain ? 1 : 0)] + length(body.count) + body
    }

    static func length(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        repeat {
            bytes.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }
}

struct PeerFailure: Error {
    var what: String
    var errno: Int32
}

extension [ConnectionEvent] {
    var messages: [IncomingMessage] {
        compactMap { event in
            if case .message(let message) = event { message } else { nil }
        }
    }

    var published: [Int32] {
        compactMap { event in
            if case .published(let packetID, _) = event { packetID } else { nil }
        }
    }
}
