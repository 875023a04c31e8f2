import DeviceProtocol
import JSONScan
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct ConfigsQueryTests {
    @Test func `a version converges when the device names the one that was sent last`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/config", #"{"version":1,"x":1}"#, at: 1)
        tape.add("v1/device/A/config/update", #"{"version":1,"x":1}"#, at: 2)
        tape.add("v1/device/A/config", #"{"name":"Room","version":"2","config":{"x":2}}"#, at: 10)
        tape.add("v1/device/A/config", #"{"name":"Room","version":2,"config":{"x":2}}"#, at: 20)
        tape.add("v1/device/A/update", #"{"config_version":"2"}"#, at: 23.5)
        let rows = try rows(tape)
        #expect(rows.map(\.version) == ["1", "2"])
        #expect(rows.map(\.state) == [.superseded, .converged])
        #expect(rows.map(\.lag) == [TestTape.nanoseconds(1), TestTape.nanoseconds(13.5)])
        #expect(rows.map(\.deliveries) == [1, 2])
        #expect(rows[1].convergedAt == TestTape.time(23.5) && rows[1].appliedAt == TestTape.time(23.5))
        #expect(rows[1].changes?.map(\.path) == ["/x"])
        #expect(rows.flatMap(\.anomalies).isEmpty)
    }

    @Test func `a version that the device does not name is waited for`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/config", #"{"version":2,"x":1}"#, at: 1)
        tape.add("v1/device/A/config/update", #"{"version":1,"x":0}"#, at: 2)
        let rows = try rows(tape)
        #expect(rows.map(\.state) == [.waiting, .local])
        #expect(rows[0].waitingFor == TestTape.nanoseconds(99))
    }

    @Test func `changes without a change of version, and steps back, are said`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/config", #"{"version":7,"x":1}"#, at: 1)
        tape.add("v1/device/A/config", #"{"version":7,"x":2}"#, at: 2)
        tape.add("v1/device/A/config/update", #"{"version":7,"x":3}"#, at: 3)
        tape.add("v1/device/A/config", #"{"version":6,"x":2}"#, at: 4)
        tape.add("v1/device/A/config", #"{"x":2}"#, at: 5)
        let rows = try rows(tape)
        #expect(rows.map(\.anomalies) == [[.contentChanged, .echoDiffers], [.wentBack], [.missingVersion]])
        #expect(rows[0].echoChanges?.map { "\($0.path) \($0.old ?? .null) \($0.new ?? .null)" } == ["/x 2 3"])
    }

    @Test func `differences name places, and no secrets`() throws {
        let tape = try TestTape()
        tape.add(
            "v1/device/A/config",
            #"{"version":1,"a/b":{"~":[1,2.0]},"gone":null,"auth":{"Password":"x"},"same":[{"k":1}]}"#, at: 1)
        tape.add(
            "v1/device/A/config",
            #"{"version":2,"same":[{"k":1.0}],"a/b":{"~":[1,3,4]},"new":{"api_key":"y","u":1},"auth":{"Password":"z"}}"#,
            at: 2)
        let changes = try #require(try rows(tape).last?.changes)
        #expect(
            changes.map { "\($0.operation) \($0.path) \($0.old?.description ?? "-") \($0.new?.description ?? "-")" }
                == [
                    "changed /a~1b/~0/1 2.0 3", "added /a~1b/~0/2 - 4", "removed /gone null -",
                    "changed /auth/Password - -",
                    #"added /new - {"api_key":"(secret)","u":1}"#,
                ])
        #expect(changes.map(\.isSecret) == [false, false, false, true, false])
    }

    @Test func `a version that began before the window is told whole`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/config", #"{"version":1}"#, at: 1)
        tape.add("v1/device/A/config", #"{"version":2}"#, at: 2)
        tape.add("v1/device/A/config/update", #"{"version":2}"#, at: 60)
        var selection = Selection()
        selection.since = TestTape.time(50)
        let rows = try rows(tape, selection)
        #expect(rows.map(\.version) == ["2"])
        #expect(rows.first?.sentAt == TestTape.time(2) && rows.first?.lag == TestTape.nanoseconds(58))
    }

    private func rows(_ tape: TestTape, _ selection: Selection = Selection()) throws -> [ConfigRow] {
        var query = ConfigsQuery(selection)
        query.showsChanges = true
        return try query.answer(try tape.reader(), waitingUntil: TestTape.time(100)).rows
    }
}
