import DeviceProtocol
import MQTTSession
import Tape
import Testing

@testable import Replay

struct SourceGuardTests {
    private func session(_ broker: String?, addresses: [String] = [], id: Int64 = 1) -> Session {
        var session = Session(
            source: "record", broker: broker, clientID: "recorder", recorder: "test",
            startedAt: Timestamp(nanoseconds: 0))
        session.id = id
        session.brokerAddresses = addresses
        return session
    }

    /// A small directory in place of the system's.
    private func resolve(_ address: BrokerAddress) -> [String] {
        switch address.transport {
        case .tcp("broker.example", let port), .tls("broker.example", let port): ["192.0.2.7:\(port)"]
        case .tcp("alias.example", let port): ["192.0.2.7:\(port)", "[2001:db8::7]:\(port)"]
        default: []
        }
    }

    private func match(_ target: String, _ sessions: [Session]) throws -> SourceMatch? {
        SourceGuard(sessions: sessions, resolve: resolve).match(try BrokerAddress(target), resolve: resolve)
    }

    @Test(arguments: [
        "mqtt://broker.example:1883", "broker.example", "BROKER.Example.", "mqtt://192.0.2.7", "mqtts://broker.example",
        "mqtt://alias.example",
    ])
    func `the recorded broker is found under every name`(target: String) throws {
        #expect(try match(target, [session("mqtt://broker.example")])?.session == 1)
    }

    @Test(arguments: ["mqtt://broker.example:1884", "mqtt://other.example", "mqtt://192.0.2.8", "unix:/run/mqtt.sock"])
    func `another broker is allowed`(target: String) throws {
        #expect(try match(target, [session("mqtt://broker.example")]) == nil)
    }

    @Test(arguments: [
        "localhost", "127.0.0.1", "127.9.8.7", "mqtt://[::1]", "0.0.0.0", "mqtt://[::ffff:127.0.0.1]", "127.1",
        "LOCALHOST.", "mqtt://[0:0:0:0:0:0:0:1]:1883",
    ])
    func `loopback is one broker however it is spelt`(target: String) throws {
        #expect(try match(target, [session("mqtt://localhost:1883")]) != nil)
        #expect(try match(target, [session(nil, addresses: ["127.0.0.1:1883"])]) != nil)
        #expect(try match(target, [session("mqtt://localhost:2883")]) == nil)
    }

    @Test func `the peer that was seen while recording counts`() throws {
        let sessions = [session("mqtt://gone.example", addresses: ["[2001:db8:0::7]:1883"], id: 4)]
        let found = try match("mqtt://alias.example", sessions)
        #expect(found?.session == 4)
        #expect(found?.description.contains("session 4") == true)
        #expect(found?.description.contains("--allow-source") == true)
    }

    @Test func `the peer of the connection that was made counts`() throws {
        let guarded = SourceGuard(sessions: [session("mqtt://broker.example")], resolve: resolve)
        let target = try BrokerAddress("mqtt://unheard.example")
        #expect(guarded.match(peer: "192.0.2.7:1883", target: target) != nil)
        #expect(guarded.match(peer: "192.0.2.9:1883", target: target) == nil)
    }

    @Test func `a socket is known by its path`() throws {
        let sessions = [session("unix:/nowhere/mqtt.sock")]
        #expect(try match("unix:///nowhere/mqtt.sock", sessions) != nil)
        #expect(try match("unix:/nowhere/other.sock", sessions) == nil)
        let guarded = SourceGuard(sessions: [session(nil, addresses: ["/nowhere/mqtt.sock"])], resolve: resolve)
        let target = try BrokerAddress("unheard.example")
        #expect(guarded.match(peer: "/nowhere/mqtt.sock", target: target) != nil)
        #expect(guarded.match(peer: "nowhere", target: target) == nil)
    }

    @Test func `a client id of the recording is refused`() throws {
        let sessions = [session("mqtt://broker.example")]
        #expect(throws: ReplayError.self) { try ReplayIdentity.check("recorder", sessions: sessions, devices: []) }
        #expect(throws: ReplayError.self) { try ReplayIdentity.check("a", sessions: sessions, devices: ["a"]) }
        try ReplayIdentity.check(ReplayIdentity.fresh(), sessions: sessions, devices: ["a"])
        #expect(ReplayIdentity.fresh() != ReplayIdentity.fresh())
    }
}
