import Glibc
import MQTTSession
import TestSupport
import Testing

@testable import Replay

struct EndpointTests {
    @Test(
        arguments: [
            ("192.0.2.7:1884", "192.0.2.7", 1884), ("192.0.2.7:8883", "192.0.2.7", 1883),
            ("[2001:DB8:0:0::7]:1883", "2001:db8::7", 1883), ("Broker.Example.:1883", "broker.example", 1883),
            ("[fe80::1%eth0]:1883", "fe80::1", 1883), ("[::ffff:192.0.2.7]:1", "192.0.2.7", 1),
            ("127.0.0.2:1883", "loopback", 1883), ("/run/mqtt.sock", "/run/mqtt.sock", 0),
        ] as [(String, String, UInt16)])
    func `the far end of a connection is brought to one spelling`(text: String, host: String, port: UInt16) {
        let endpoint = Endpoint(text)
        #expect(endpoint?.host == host)
        #expect(endpoint?.port == port)
    }

    @Test(arguments: ["", "host", "host:", "host:65536", "host:x", ":1883", "[]:1883"])
    func `what names no port is no far end`(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test func `a socket is the same by every path that leads to it`() throws {
        let folder = try TemporaryFolder()
        let (socket, link) = (folder.path("mqtt.sock"), folder.path("alias.sock"))
        close(open(socket, O_CREAT | O_WRONLY, 0o600))
        #expect(symlink(socket, link) == 0)
        #expect(Endpoint(link) == Endpoint(socket))
        #expect(Endpoint(try BrokerAddress("unix:\(link)")) == Endpoint(socket))
        #expect(Endpoint(folder.path("other.sock")) != Endpoint(socket))
    }
}
