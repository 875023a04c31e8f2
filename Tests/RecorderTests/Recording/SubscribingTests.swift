import MQTTSession
import TestSupport
import Testing

@testable import Recorder
@testable import Tape

/// What is asked of the broker in a session that goes on.
@Suite struct SubscribingTests {
    @Test(arguments: [("v1/#", "x/é/#"), ("v1/#", "v1/a"), ("x/e\u{301}", "x/\u{e9}")])
    func `a filter that is no longer wanted is taken back before the others are asked for`(kept: String, old: String)
        throws
    {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        do {
            try bench.start(broker.url) { $0.clients[0].subscriptions = try filters(old, kept) }
            let client = try broker.accept()
            for _ in 1...2 { try client.answerSubscribe(1) }
            try bench.wait("the subscriptions") { $0.contains(where: \.isRecording) }
            try bench.stop()
        }
        try bench.start(broker.url) { $0.clients[0].subscriptions = try filters(kept) }
        let client = try broker.accept(sessionPresent: true)
        let packet = try client.read()
        // UNSUBSCRIBE: packet identifier, no properties, the filter (MQTT 5.0 §3.10).
        #expect(packet.type == 10)
        #expect(packet.body == [0, 1, 0, 0, UInt8(old.utf8.count)] + Array(old.utf8))
        client.send(0xb0, [0, 1, 0, 0])
        try client.answerSubscribe(1)
        try bench.wait("the subscription") { $0.contains(where: \.isRecording) }
        try bench.stop()
    }

    @Test func `a refusal ends in the ledger when the broker grants the filter after all`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        try bench.start(broker.url) {
            $0.clients[0].subscriptions = try filters("a/#", "b/#")
            $0.bestEffort = true
        }
        let client = try broker.accept()
        for code in [1, 0x87] as [UInt8] { try client.answerSubscribe(code) }
        try bench.wait("the subscriptions") { $0.contains(where: \.isRecording) }
        #expect(try bench.gaps(.refused).map(\.endedAt) == [nil])
        client.hangUp()
        let again = try broker.accept(sessionPresent: true)
        for _ in 1...2 { try again.answerSubscribe(1) }
        try bench.wait("the subscriptions") { $0.count(where: \.isRecording) == 2 }
        #expect(try bench.gaps(.refused).count { $0.endedAt != nil } == 1)
        let summary = try bench.stop()
        #expect(summary.refused.isEmpty)
    }

    @Test func `the largest packet that may come is told to the broker and kept with the session`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        _ = try bench.record(broker) { $0.clients[0].connection.maximumPacketSize = 70_000 }
        let summary = try bench.stop()
        #expect(summary.sessions.first?.options.contains(#""maximum_packet_size":70000"#) == true)
    }
}
