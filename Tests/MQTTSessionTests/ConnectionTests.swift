import Testing

@testable import MQTTSession

@Suite struct ConnectionTests {
    @Test func `waits double up to half a minute and begin again after a reset`() {
        var backoff = Backoff(seed: 1)
        var waits = (0..<12).map { _ in backoff.next() }
        for (index, wait) in waits.enumerated() {
            let base: Int64 = min(250_000_000 << Int64(min(index, 7)), 30_000_000_000)
            #expect((base * 3 / 4...base).contains(wait), "wait \(index)")
        }
        backoff.reset()
        waits = [backoff.next()]
        #expect(waits[0] <= 250_000_000)
    }

    @Test func `refusals that a later attempt cannot mend are told from those it may`() {
        #expect(!ConnectionError.refused(broker: "b", code: 0x86, reason: "").isTransient)
        #expect(!ConnectionError.disconnected(broker: "b", code: 0x8e, reason: "").isTransient)
        #expect(ConnectionError.refused(broker: "b", code: 0x88, reason: "").isTransient)
        #expect(ConnectionError.lost(broker: "b", reason: "").isTransient)
    }

    @Test(arguments: [("", 16), ("me", 0), ("me", 257)])
    func `a shared key without an identity, or of no length that TLS knows, is refused`(identity: String, length: Int)
        throws
    {
        var options = ConnectionOptions(address: try BrokerAddress("mqtts://h"), clientID: "me")
        options.tls.sharedKey = .init(identity: identity, key: [UInt8](repeating: 1, count: length))
        let error = #expect(throws: ConnectionError.self) { try BrokerConnection(options) }
        #expect(error == .invalidOption(name: "shared key", reason: "it needs an identity and 1 to 256 bytes"))
    }

    @Test(arguments: ["", "nul\0", String(repeating: "x", count: 70_000)])
    func `a client id that would not get through is refused`(clientID: String) throws {
        let address = try BrokerAddress("h")
        #expect(throws: ConnectionError.self) {
            try BrokerConnection(ConnectionOptions(address: address, clientID: clientID))
        }
    }
}
