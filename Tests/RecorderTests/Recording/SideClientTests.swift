import Glibc
import MQTTSession
import MQTTWire
import TestSupport
import Testing

@testable import Recorder

/// The second client, with a broker that does what few do.
@Suite struct SideClientTests {
    private func client(
        _ broker: ScriptedBroker, _ time: MovedTime, snapshotOf filters: [String] = [], watches: Bool = false
    ) throws -> SideClient {
        let options = ConnectionOptions(address: try BrokerAddress(broker.url), clientID: "recorder")
        return try #require(
            SideClient(
                options, snapshotOf: try filters.map { try TopicFilter($0) }, watches: watches, time: time))
    }

    /// Takes findings until something holds.
    private func take(_ side: SideClient, until holds: (SideClient.Findings) -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !holds(side.take()) {
            guard ContinuousClock.now < deadline else { throw BenchFailure(description: "waited two minutes") }
            sched_yield()
        }
    }

    @Test func `a broker that refuses its statistics is not asked again`() throws {
        let broker = try ScriptedBroker()
        let side = try client(broker, MovedTime(), watches: true)
        let peer = try broker.acceptAnyone()
        try peer.answerSubscribe(0x87)
        try take(side) { $0.statistics == .impossible("the broker refused $SYS (0x87)") && $0.isFinished }
        while try peer.read().type != 14 {}
    }

    @Test func `a broker that publishes none of them within a quarter of a minute is not listened to any longer`()
        throws
    {
        let broker = try ScriptedBroker()
        let time = MovedTime()
        let side = try client(broker, time, watches: true)
        let peer = try broker.acceptAnyone()
        for _ in 1...2 { try peer.answerSubscribe(0) }
        #expect(side.take().statistics == nil)
        try take(side) {
            // Any packet ends its wait.
            time.advance(seconds: 1)
            peer.send(0xd0, [])
            return $0.statistics == .impossible("the broker publishes no $SYS/broker/publish/messages/dropped")
                && $0.isFinished
        }
    }

    @Test func `of many retained messages only so many wait at once, and all come`() throws {
        let broker = try ScriptedBroker()
        let time = MovedTime()
        let side = try client(broker, time, snapshotOf: ["v1/#"])
        let peer = try broker.acceptAnyone()
        try peer.answerSubscribe(0)
        for number in 0..<2_000 { peer.publish(retained: "v1/\(number)", "x") }
        var topics: [String] = []
        var isLimited = true
        try take(side) { found in
            topics += found.retained.map(\.topic)
            // A reading has 64 messages at most.
            if found.retained.count >= 256 + 64 { isLimited = false }
            return topics.count == 2_000
        }
        #expect(isLimited)
        #expect(topics == (0..<2_000).map { "v1/\($0)" })
        time.advance(seconds: 1)
        try take(side) { $0.snapshot == .works }
    }
}
