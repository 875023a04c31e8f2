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

    @Test(arguments: ["", "nul\0", String(repeating: "x", count: 70_000)])
    func `a client id that would not get through is refused`(clientID: String) throws {
        let address = try BrokerAddress("h")
        #expect(throws: ConnectionError.self) {
            try BrokerConnection(ConnectionOptions(address: address, clientID: clientID))
        }
    }
}
