import MQTTWire
import Testing

@testable import Replay

struct InFlightTests {
    private func add(_ packetID: Int32, _ qos: QualityOfService, to inFlight: inout InFlight) {
        inFlight.add(.init(message: .sample(Int64(packetID), qos: qos), packetID: packetID, deadline: nil))
    }

    @Test func `messages are done out of order and counted once`() {
        var inFlight = InFlight()
        for packetID: Int32 in 1...4 { add(packetID, .atLeastOnce, to: &inFlight) }
        var written: [Int32] = []
        #expect(inFlight.complete(3) { written.append($0.packetID) }?.packetID == 3)
        #expect(inFlight.complete(3) { _ in } == nil)
        inFlight.markWritten { written.append($0.packetID) }
        inFlight.markWritten { written.append($0.packetID) }
        #expect(written == [1, 2, 3, 4])
        #expect(inFlight.unacknowledged == 3)
        for packetID: Int32 in [1, 4, 2] { #expect(inFlight.complete(packetID) { _ in } != nil) }
        #expect(inFlight.isEmpty)
        #expect(inFlight.bytes == 0)
        #expect(inFlight.span == 0)
    }

    @Test func `what is not done comes back in order, marked where it was written`() {
        var inFlight = InFlight()
        for packetID: Int32 in 1...3 { add(packetID, .exactlyOnce, to: &inFlight) }
        _ = inFlight.complete(2) { _ in }
        add(4, .atMostOnce, to: &inFlight)
        let rest = inFlight.takeAll()
        #expect(rest.map(\.message.sequence) == [1, 3, 4])
        #expect(rest.map(\.message.isRepeat) == [true, false, false])
        #expect(inFlight.isEmpty)
    }

    @Test func `the span counts from the oldest that is not done`() {
        var inFlight = InFlight()
        add(1, .atLeastOnce, to: &inFlight)
        for packetID: Int32 in 2...10_000 {
            add(packetID, .atMostOnce, to: &inFlight)
            _ = inFlight.complete(packetID) { _ in }
        }
        #expect(inFlight.span == 10_000)
        _ = inFlight.complete(1) { _ in }
        #expect(inFlight.span == 0)
    }
}
