import Glibc
import MQTTSession
import TestSupport
import Testing

@testable import Recorder
@testable import Tape

/// A broker that does not take what is written to it.
@Suite struct BlockedClientTests {
    private static let count: UInt16 = 100

    /// A recorder that commits each message for itself and whose acknowledgements have filled the socket.
    private func blocked() throws -> (RecorderBench, ScriptedBroker, ScriptedBroker.Client) {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker(path: bench.socket)
        let client = try bench.record(broker) { $0.batch.messages = 1 }
        try bench.onRecorder { recorder in
            // The smallest buffer that the system has (socket(7)).
            var size: Int32 = 1
            let descriptor = recorder.clients[0].connection?.descriptor ?? -1
            setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        for id in 1...Self.count { client.publish("v1/a", "\(id)", packetID: id) }
        try bench.until("the socket to be full") { $0.clients[0].isBlocked }
        return (bench, broker, client)
    }

    @Test func `nothing more is read before the acknowledgements of what was stored are out`() throws {
        let (bench, broker, client) = try blocked()
        defer { withExtendedLifetime(broker) {} }
        let taken = try bench.onRecorder { $0.taken }
        #expect(taken < Int64(Self.count))
        for _ in 1...20 { #expect(try bench.onRecorder { $0.taken } == taken) }
        for id in 1...Self.count { #expect(try client.readAcknowledgement() == id) }
        try bench.stop()
        #expect(try TapeReader(path: bench.tape).summary().messages == Int64(Self.count))
    }

    @Test func `a recording that ends waits a moment for the broker to take them`() throws {
        let (bench, broker, client) = try blocked()
        defer { withExtendedLifetime(broker) {} }
        bench.tellToStop()
        try bench.wait("the end to begin") { $0.contains { if case .finishing = $0 { true } else { false } } }
        var acknowledged: Int64 = 0
        while case let packet = try client.read(), packet.type != 14 { acknowledged += packet.type == 4 ? 1 : 0 }
        _ = try bench.outcome().get()
        #expect(try TapeReader(path: bench.tape).summary().messages == acknowledged)
    }

    @Test func `a connection that breaks meanwhile is made anew`() throws {
        let (bench, broker, client) = try blocked()
        client.hangUp()
        try bench.wait("the end of the connection") { $0.contains { $0.disconnection != nil } }
        let again = try broker.accept(sessionPresent: true)
        again.publish("v1/a", "last", packetID: 200)
        #expect(try again.readAcknowledgement() == 200)
        try bench.stop()
        #expect(try bench.gaps(.disconnected).count == 1)
    }
}
