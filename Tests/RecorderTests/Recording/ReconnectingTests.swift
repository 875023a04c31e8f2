import TestSupport
import Testing

@testable import Recorder
@testable import Tape

/// When the recorder lets a connection go, and when it comes back.
@Suite struct ReconnectingTests {
    @Test func `who was thrown out by another client of its id stays away for a minute`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker)
        // Session taken over, MQTT 5.0 §3.14.2.1.
        client.send(0xe0, [0x8e, 0])
        try bench.wait("the end of the connection") { $0.contains { $0.disconnection != nil } }
        let (reason, wait) = try #require(bench.events.lazy.compactMap(\.disconnection).first)
        #expect(reason.contains("session taken over"))
        #expect(wait == 60_000_000_000)
        try bench.onRecorder { [time = bench.time] _ in time.advance(seconds: 60) }
        let again = try broker.accept(sessionPresent: true)
        again.publish("v1/a", "x", packetID: 1)
        #expect(try again.readAcknowledgement() == 1)
        try bench.stop()
    }

    // MARK: Messages that the broker holds back

    /// Delivers the numbers 1 to 70, from which it is learned that this broker counts, then 73.
    private func deliverWithHole(_ client: ScriptedBroker.Client) throws {
        for id in Array(1...70) + [73] as [UInt16] { client.publish("v1/a", "\(id)", packetID: id) }
        for _ in 1...71 { _ = try client.readAcknowledgement() }
    }

    @Test func `a hole in the numbers is worth a new connection where messages may be stuck`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker) { $0.receiveMaximum = Recorder.packetLimit }
        try deliverWithHole(client)
        try bench.onRecorder { [time = bench.time] _ in time.advance(seconds: 2) }
        let again = try broker.accept(sessionPresent: true)
        let (reason, wait) = try #require(bench.events.lazy.compactMap(\.disconnection).first)
        #expect(reason.contains("2 messages may be stuck at the broker"))
        #expect(wait == 0)
        for id in [71, 72] as [UInt16] { again.publish("v1/a", "\(id)", packetID: id, dup: true) }
        for _ in 1...2 { _ = try again.readAcknowledgement() }
        let summary = try bench.stop()
        #expect(summary.statistics.missing == 0)
        // One row, which grew and shrank with what was known.
        let rows = try bench.gaps(.stuck, .brokerDropped)
        #expect(rows.map(\.cause) == ["stuck"])
        #expect(rows.map(\.missing) == [0])
        #expect(rows.first?.detail == "2 more came after a reconnect")
    }

    @Test func `what a new connection does not bring is given up`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker) { $0.receiveMaximum = Recorder.packetLimit }
        try deliverWithHole(client)
        try bench.onRecorder { [time = bench.time] _ in time.advance(seconds: 2) }
        let again = try broker.accept(sessionPresent: true)
        defer { withExtendedLifetime(again) {} }
        #expect(try bench.onRecorder { $0.clients[0].losses.suspects } == 2)
        // Not before a minute after the connection that was made for them.
        try bench.until("the messages to be given up") { [time = bench.time] recorder in
            time.advance(seconds: 1)
            return recorder.clients[0].losses.suspects == 0
        }
        let summary = try bench.stop()
        #expect(bench.events.compactMap(\.disconnection).count == 1)
        #expect(summary.statistics.missing == 2)
        #expect(try bench.gaps(.brokerDropped).map(\.missing) == [2])
    }

    @Test func `a hole is no reason where nothing can be stuck`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker)
        try deliverWithHole(client)
        try bench.until("the messages to be given up") { [time = bench.time] recorder in
            time.advance(seconds: 1)
            return recorder.clients[0].losses.suspects == 0
        }
        try bench.stop()
        #expect(bench.events.compactMap(\.disconnection).isEmpty)
        #expect(try bench.gaps(.brokerDropped).map(\.missing) == [2])
    }

    @Test func `a broker that drops and delivers nothing at QoS 1 gets a new connection`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker) { $0.receiveMaximum = Recorder.packetLimit }
        client.publish("v1/a", "x", packetID: 1)
        _ = try client.readAcknowledgement()
        try bench.onRecorder { [time = bench.time] recorder in
            recorder.clients[0].losses.count(0, at: time.monotonic)
            time.advance(seconds: 1)
            recorder.clients[0].losses.count(5, at: time.monotonic)
            time.advance(seconds: 20)
        }
        let again = try broker.accept(sessionPresent: true)
        defer { withExtendedLifetime(again) {} }
        #expect(
            bench.events.lazy.compactMap(\.disconnection).first?.reason.contains("a new connection clears its window")
                == true)
        try bench.stop()
    }
}
