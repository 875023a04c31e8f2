import DeviceProtocol
import MQTTWire
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct LicensesQueryTests {
    @Test func `an acknowledged licence, a renewal and a removal are three entries`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/license", #"{"id":"1","add":true,"expires_at":"2027-01-01T00:00:00Z"}"#, at: 1)
        tape.add("v1/device/A/license", #"{"id":"1","add":true,"expires_at":"2027-01-01T00:00:00Z"}"#, at: 2)
        tape.add("v1/device/A/license/update", #"{"id":"1","state":"inuse"}"#, at: 4)
        tape.add("v1/device/A/license", #"{"id":"1","update":true,"expires_at":"2027-02-01T00:00:00Z"}"#, at: 10)
        tape.add("v1/device/A/license", #"{"id":"1","action":"remove"}"#, at: 20)
        tape.add("v1/device/A/license/update", #"{"id":"1","state":"removed"}"#, at: 21)
        tape.add("v1/device/A/license", #"{"id":"1","action":"remove"}"#, at: 30)
        let rows = try rows(tape)
        #expect(rows.map(\.action) == [.add, .update, .remove])
        #expect(rows.map(\.isAcknowledged) == [true, false, true])
        #expect(rows.map(\.deliveries) == [2, 1, 2])
        #expect(rows[0].lag == TestTape.nanoseconds(3))
        // The cloud asks for something else by now.
        #expect(rows.allSatisfy { $0.unacknowledgedFor == nil })
        #expect(rows.map(\.anomalies) == [[], [], [.redeliveredAfterAcknowledgement]])
    }

    @Test func `what is not acknowledged ages until the end`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/license", #"{"id":"1","update":true,"expires_at":"2026-11-22T14:01:00Z"}"#, at: 40)
        tape.add("v1/device/A/license/update", #"{"id":"1","state":"pending"}"#, at: 41)
        let row = try #require(try rows(tape).first)
        #expect(!row.isAcknowledged && row.state == .pending)
        #expect(row.unacknowledgedFor == TestTape.nanoseconds(60) && row.isExpired == true)
    }

    @Test func `an update without id is matched by correlation data, or is about the only open entry`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/license", #"[{"id":"1","add":true},{"id":"2","add":true}]"#, at: 1)
        tape.add(
            "v1/device/A/license/update", #"{"state":"inuse"}"#, at: 2, properties: [.correlationData(Array("1".utf8))])
        tape.add("v1/device/A/license/update", #"{"state":"error","message":"full"}"#, at: 3)
        let rows = try rows(tape)
        #expect(rows.map(\.match) == [.correlation, .inferred])
        #expect(rows.map(\.state) == [.inUse, .error] && rows[1].error == "full")
    }

    @Test func `what contradicts itself is said`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/license", #"{"id":"1","add":true,"remove":true}"#, at: 1)
        tape.add("v1/device/A/license/update", #"{"id":"1","state":"removed"}"#, at: 2)
        tape.add("v1/device/A/license/update", #"{"id":"9","state":"sold"}"#, at: 3)
        tape.add("v1/device/A/license", #"{"id":"2"}"#, at: 4)
        let rows = try rows(tape)
        #expect(
            rows.map(\.anomalies) == [
                [.ambiguousAction, .stateContradictsAction], [.unknownState, .updateBeforeLicense], [.missingAction],
            ])
    }

    private func rows(_ tape: TestTape) throws -> [LicenseRow] {
        try LicensesQuery(Selection()).answer(try tape.reader(), agingUntil: TestTape.time(100)).rows
    }
}
