import DeviceProtocol
import MQTTWire
import Tape
import TestSupport

/// A tape in a folder of its own, gone when the test is.
final class SampleTape {
    static let wall: Int64 = 1_760_000_000_000_000_000
    let path: String
    private let folder: TemporaryFolder

    init(broker: String = "mqtt://broker.example:1883", _ messages: [RecordedMessage]) throws {
        folder = try TemporaryFolder()
        path = folder.path("sample.tape")
        let writer = try TapeWriter(path: path)
        let session = Session(
            source: "record", broker: broker, clientID: "recorder", recorder: "test",
            startedAt: Timestamp(nanoseconds: Self.wall))
        try writer.begin(session, clock: ArrivalClock(StartClock()).current)
        for message in messages { writer.append(message) }
        try writer.end(at: Timestamp(nanoseconds: Self.wall), reason: "test")
    }

    /// A message that arrived so many ns after the start.
    static func message(
        _ topic: String, at time: Int64 = 0, payload: String = "{}", qos: QualityOfService = .atLeastOnce,
        retain: Bool = false, duplicateOf: Int64? = nil, _ properties: [PublishProperty] = []
    ) -> RecordedMessage {
        RecordedMessage(
            sequence: 0, session: 1, arrival: Timestamp(nanoseconds: wall + time), monotonic: 1_000 + time,
            topic: topic,
            payload: Array(payload.utf8), qos: qos, retain: retain, packetID: qos == .atMostOnce ? nil : 1,
            duplicateOf: duplicateOf, properties: PublishProperties(properties))
    }
}

/// The clocks at the start of a sample tape.
private struct StartClock: TimeSource {
    var monotonic: Int64 { 1_000 }
    var wall: Int64 { SampleTape.wall }
    var boot: Int64 { 1_000 }
}
