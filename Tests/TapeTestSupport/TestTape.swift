public import DeviceProtocol
public import MQTTWire
public import Tape
import TestSupport

/// A small tape in a folder of its own, which goes away with it.
public final class TestTape {
    /// 2026-11-22T14:00:00Z: second 0 of every test tape.
    public static let start: Int64 = 1_795_356_000_000_000_000

    /// The tape file.
    public let path: String
    private let folder: TemporaryFolder
    private let writer: TapeWriter
    private var clockOffset = start

    /// Makes an empty tape with a session.
    public init() throws {
        folder = try TemporaryFolder()
        path = folder.path("test.tape")
        writer = try TapeWriter(path: path)
        try beginSession()
    }

    /// Begins a further session; its monotonic clock reads `monotonic` seconds at second `wall` of the tape.
    public func beginSession(wall: Double = 0, monotonic: Double = 0) throws {
        try writer.commit()
        clockOffset = Self.start + Self.nanoseconds(wall - monotonic)
        let session = Session(
            source: "record", broker: "mqtt://broker:1883", clientID: "test",
            filters: #"[{"filter":"v1/device/#","qos":1,"granted":1}]"#, recorder: "test",
            startedAt: Self.time(wall))
        try writer.begin(session, clock: clock)
    }

    /// Moves the wall clock, `by` seconds, without moving the monotonic one.
    public func stepClock(by seconds: Double) throws {
        clockOffset += Self.nanoseconds(seconds)
        try writer.setClock(clock)
    }

    /// Records a message that arrives at `second` of the monotonic clock.
    @discardableResult
    public func add(
        _ topic: String, _ payload: String, at second: Double = 0, properties: [PublishProperty] = [],
        retain: Bool = false, dup: Bool = false, duplicateOf: Int64? = nil, redactions: Int = 0
    ) -> Int64 {
        add(
            topic, bytes: Array(payload.utf8), at: second, properties: properties, retain: retain, dup: dup,
            duplicateOf: duplicateOf, redactions: redactions)
    }

    /// Records a message of any bytes.
    @discardableResult
    public func add(
        _ topic: String, bytes: [UInt8], at second: Double = 0, properties: [PublishProperty] = [],
        retain: Bool = false, dup: Bool = false, duplicateOf: Int64? = nil, redactions: Int = 0
    ) -> Int64 {
        writer.append(
            RecordedMessage(
                sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: Self.nanoseconds(second),
                topic: topic, payload: bytes, qos: .atLeastOnce, retain: retain, dup: dup, packetID: 1,
                duplicateOf: duplicateOf, redactions: redactions, properties: PublishProperties(properties)))
    }

    /// Adds a row to the loss ledger.
    public func add(gap: Gap) throws {
        try writer.addGap(gap)
    }

    /// Commits everything and opens the tape for reading.
    public func reader() throws -> TapeReader {
        try writer.commit()
        return try TapeReader(path: path)
    }

    /// Makes everything durable.
    public func commit() throws {
        try writer.commit()
    }

    /// Makes everything durable and seals all of it.
    public func seal() throws {
        try writer.commit()
        let sealer = try TapeSealer(path: path, besideWriter: true)
        while try sealer.sealNext(.all) != nil {}
    }

    /// Ends the last session.
    public func end(at second: Double) throws {
        try writer.end(at: Self.time(second), reason: "signal")
    }

    /// The instant of a second of the tape.
    public static func time(_ second: Double) -> Timestamp {
        Timestamp(nanoseconds: start + nanoseconds(second))
    }

    /// Seconds as ns.
    public static func nanoseconds(_ seconds: Double) -> Int64 {
        Int64((seconds * 1e9).rounded())
    }

    private var clock: ArrivalClock.Offset {
        ArrivalClock.Offset(cause: .start, monotonic: 0, offset: clockOffset, change: 0)
    }
}
