import DeviceProtocol
import TestSupport
import Testing

@testable import Tape

@Suite struct ConcurrentSessionsTests {
    private static let clock = ArrivalClock.Offset(
        cause: .start, monotonic: 0, offset: TapeWriter.testOffset, change: 0)

    private static func session(_ client: String, at time: Int64 = 0) -> Session {
        Session(
            source: "record", broker: "mqtt://\(client):1883", clientID: client, recorder: "tests",
            startedAt: Timestamp(nanoseconds: TapeWriter.testOffset + time))
    }

    private static func begin(_ writer: TapeWriter, at time: Int64 = 0) throws -> (TapeWriter.Place, TapeWriter.Place) {
        (
            try writer.begin(session("a", at: time), clock: clock, pauseOfItsClient: true),
            try writer.begin(session("b", at: time), clock: clock, beside: true, pauseOfItsClient: true)
        )
    }

    @Test(arguments: [false, true])
    func `messages of several sessions come back in the order of their arrival, each under its own`(
        seals: Bool
    ) throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter(path: folder.path("t.tape"))
        let (a, b) = try Self.begin(writer)
        var random = SeededGenerator(seed: 6)
        var expected: [(sequence: Int64, session: Int64, topic: String)] = []
        for number in 1...500 {
            let place = Bool.random(using: &random) ? a : b
            let topic = "v1/device/\(number)/telemetry"
            let sequence = writer.append(.plain(topic, at: Int64(number)), to: place)
            expected.append((sequence, place == a ? 1 : 2, topic))
            if number.isMultiple(of: 37) { try writer.commit() }
        }
        try writer.end(at: Timestamp(nanoseconds: TapeWriter.testOffset + 600), reason: "signal")
        if seals {
            let sealer = try TapeSealer(path: folder.path("t.tape"), besideWriter: true)
            while try sealer.sealNext(.all) != nil {}
        }
        let reader = try TapeReader(path: folder.path("t.tape"))
        let messages = try reader.allMessages()
        #expect(messages.map(\.sequence) == expected.map(\.sequence))
        #expect(messages.map(\.session) == expected.map(\.session))
        #expect(messages.map(\.topic) == expected.map(\.topic))
        #expect(messages.map(\.arrival.nanoseconds) == (1...500).map { TapeWriter.testOffset + $0 })
        for session in try reader.sessions() {
            #expect(session.messages == Int64(expected.count { $0.session == session.id }))
            #expect(session.endReason == "signal")
        }
        #expect(try reader.gaps().isEmpty)
    }

    @Test func `a step of the wall clock moves all sessions`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter(path: folder.path("t.tape"))
        let (a, b) = try Self.begin(writer)
        writer.append(.plain("x", at: 10), to: a)
        writer.append(.plain("y", at: 20), to: b)
        try writer.setClock(
            ArrivalClock.Offset(cause: .step, monotonic: 30, offset: TapeWriter.testOffset + 1_000, change: 1_000))
        writer.append(.plain("x", at: 40), to: a)
        writer.append(.plain("y", at: 50), to: b)
        try writer.commit()
        let messages = try TapeReader(path: folder.path("t.tape")).allMessages()
        #expect(messages.map { $0.arrival.nanoseconds - TapeWriter.testOffset } == [10, 20, 1_040, 1_050])
        #expect(messages.map(\.session) == [1, 2, 1, 2])
    }

    @Test func `a kill is noted for each client from its own last sign of life`() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try TapeWriter(path: folder.path("t.tape"))
            let (a, b) = try Self.begin(writer)
            writer.append(.plain("x", at: 1_000), to: a)
            writer.append(.plain("y", at: 3_000), to: b)
            try writer.commit()
        }
        let open = try TapeReader(path: folder.path("t.tape")).gaps()
        #expect(open.map(\.session) == [1, 2])
        #expect(open.allSatisfy { $0.cause == "killed" && $0.endedAt == nil })
        let writer = try TapeWriter(path: folder.path("t.tape"))
        let (a, b) = try Self.begin(writer, at: 9_000)
        for (place, began) in [(a, 1_000), (b, 3_000)] {
            let pause = try #require(writer.pause(before: place))
            #expect(pause.cause == "killed")
            #expect(pause.beganAt.nanoseconds == TapeWriter.testOffset + Int64(began))
            #expect(pause.endedAt?.nanoseconds == TapeWriter.testOffset + 9_000)
        }
        let reader = try TapeReader(path: folder.path("t.tape"))
        #expect(try reader.sessions().map(\.endReason) == ["killed", "killed", nil, nil])
        #expect(try reader.gaps().count == 2)
    }

    @Test func `a client that joins has no pause, one that was away has its own`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        func time(_ offset: Int64) -> Timestamp { Timestamp(nanoseconds: TapeWriter.testOffset + offset) }
        do {
            let writer = try TapeWriter(path: path)
            _ = try Self.begin(writer)
            try writer.end(at: time(100), reason: "signal")
        }
        do {
            let writer = try TapeWriter(path: path)
            try writer.begin(Self.session("a", at: 200), clock: Self.clock)
            #expect(try #require(writer.pause(before: .init(index: 0))).beganAt == time(100))
            try writer.end(at: time(300), reason: "signal")
        }
        let writer = try TapeWriter(path: path)
        // Whoever connects first.
        let b = try writer.begin(Self.session("b", at: 400), clock: Self.clock, pauseOfItsClient: true)
        let a = try writer.begin(Self.session("a", at: 400), clock: Self.clock, beside: true, pauseOfItsClient: true)
        let c = try writer.begin(Self.session("c", at: 400), clock: Self.clock, beside: true, pauseOfItsClient: true)
        #expect(writer.pause(before: a)?.beganAt == time(300))
        #expect(writer.pause(before: b)?.beganAt == time(100))
        #expect(writer.pause(before: c) == nil)
    }

    @Test func `recent deliveries are those of the session's own client`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter(path: folder.path("t.tape"))
        let (a, b) = try Self.begin(writer)
        for place in [a, b] { try writer.beginBrokerSession(at: place) }
        for id in UInt16(1)...4 {
            writer.append(.plain("x\(id)", at: Int64(id), packetID: id), to: a)
            writer.append(.plain("y\(id)", at: Int64(id), packetID: id + 100), to: b)
        }
        try writer.commit()
        #expect(try writer.recentDeliveries(limit: 10, at: a).map(\.packetID) == [1, 2, 3, 4])
        #expect(try writer.recentDeliveries(limit: 10, at: b).map(\.packetID) == [101, 102, 103, 104])
        let both = try writer.recentDeliveries(limit: 2, of: ["a", "b", "c"])
        #expect(both["a"]?.deliveries.map(\.packetID) == [3, 4])
        #expect(both["a"]?.areAll == false && both["c"] == nil)
        #expect(try writer.recentDeliveries(limit: 4, of: ["b"])["b"]?.areAll == true)
    }

    @Test func `what came before a client's broker session is none of its deliveries, though it is of another's`()
        throws
    {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter(path: folder.path("t.tape"))
        let (a, b) = try Self.begin(writer)
        for place in [a, b] { try writer.beginBrokerSession(at: place) }
        for id in UInt16(1)...4 {
            // The broker of b forgets its session in between.
            if id == 3 { try writer.beginBrokerSession(at: b) }
            for place in [a, b] { writer.append(.plain("x\(id)", at: Int64(id), packetID: id), to: place) }
        }
        try writer.commit()
        let both = try writer.recentDeliveries(limit: 10, of: ["a", "b"])
        #expect(both["a"]?.deliveries.map(\.packetID) == [1, 2, 3, 4])
        #expect(both["b"]?.deliveries.map(\.packetID) == [3, 4])
    }

    @Test func `what cannot be stored is kept whole, for all sessions`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter(path: folder.path("t.tape"))
        let (a, b) = try Self.begin(writer)
        writer.limitPages(to: 30)
        var message = RecordedMessage.plain("x", at: 1)
        var random = SeededGenerator(seed: 1)
        message.payload = (0..<400_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        writer.append(message, to: a)
        writer.append(.plain("y", at: 2), to: b)
        #expect(throws: TapeError.self) { try writer.commit() }
        #expect(try TapeReader(path: folder.path("t.tape")).allMessages().isEmpty)
        writer.limitPages(to: 10_000)
        try writer.commit()
        let messages = try TapeReader(path: folder.path("t.tape")).allMessages()
        #expect(messages.map(\.topic) == ["x", "y"])
        #expect(messages.first?.payload == message.payload)
    }
}
