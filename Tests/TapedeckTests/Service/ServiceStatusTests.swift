import Recorder
import Service
import Testing

@testable import Tapedeck

@Suite struct ServiceStatusTests {
    private static let second: Int64 = 1_000_000_000
    private static let recording = RecorderEvent.recording(broker: "mqtt://b", clientID: "c", sessionPresent: false)
    private static let away = RecorderEvent.disconnected(clientID: "c", reason: "gone", retryIn: 1)

    @Test func `up is told once, when the subscription stands`() {
        var status = ServiceStatus(waitsForBroker: false, watchdogInterval: nil)
        #expect(status.assignments(for: Self.recording, now: 0) == [.ready, .status("recording mqtt://b as c")])
        #expect(status.assignments(for: Self.away, now: 0) == [.status("waiting for the broker: gone")])
        #expect(status.assignments(for: Self.recording, now: 0) == [.status("recording mqtt://b as c")])
    }

    @Test func `one that waits for its broker is up while it does`() {
        var status = ServiceStatus(waitsForBroker: true, watchdogInterval: nil)
        #expect(status.assignments(for: Self.away, now: 0) == [.ready, .status("waiting for the broker: gone")])
        #expect(status.assignments(for: Self.recording, now: 0) == [.status("recording mqtt://b as c")])
        var strict = ServiceStatus(waitsForBroker: false, watchdogInterval: nil)
        #expect(!strict.assignments(for: Self.away, now: 0).contains(.ready))
    }

    @Test func `every event is a sign of life`() {
        var status = ServiceStatus(waitsForBroker: true, watchdogInterval: 60 * Self.second)
        #expect(
            status.assignments(for: Self.recording, now: 0)
                == [.ready, .status("recording mqtt://b as c"), .watchdog])
        #expect(status.assignments(for: .waiting(reason: "locked"), now: 0) == [.status("locked"), .watchdog])
        #expect(status.assignments(for: .clockChanged(cause: "step", by: 1), now: 0) == [.watchdog])
    }

    @Test func `of several clients those that are away are named until all are back`() {
        var status = ServiceStatus(waitsForBroker: false, watchdogInterval: nil)
        let other = RecorderEvent.recording(broker: "mqtt://d", clientID: "e", sessionPresent: false)
        _ = status.assignments(for: Self.recording, now: 0)
        #expect(status.assignments(for: other, now: 0) == [.status("recording with 2 clients")])
        _ = status.assignments(for: Self.away, now: 0)
        #expect(status.assignments(for: other, now: 0) == [.status("waiting for the broker: gone")])
        #expect(status.assignments(for: Self.recording, now: 0) == [.status("recording with 2 clients")])
    }

    @Test func `numbers renew the status every ten seconds, and at once after trouble`() {
        var status = ServiceStatus(waitsForBroker: false, watchdogInterval: nil)
        var statistics = RecordingStatistics()
        statistics.messages = 1_200
        #expect(status.assignments(for: .progress(statistics), now: 0) == [])
        _ = status.assignments(for: Self.recording, now: 0)
        let text = ServiceManager.Assignment.status("recording mqtt://b as c: 1,200 messages")
        #expect(status.assignments(for: .progress(statistics), now: 0) == [text])
        #expect(status.assignments(for: .progress(statistics), now: 9 * Self.second) == [])
        #expect(status.assignments(for: .progress(statistics), now: 10 * Self.second) == [text])
        _ = status.assignments(for: .waiting(reason: "locked"), now: 11 * Self.second)
        #expect(status.assignments(for: .progress(statistics), now: 12 * Self.second) == [text])
        _ = status.assignments(for: Self.away, now: 13 * Self.second)
        #expect(status.assignments(for: .progress(statistics), now: 60 * Self.second) == [])
    }

    @Test func `the end asks for time as long as sealing gets on`() {
        var status = ServiceStatus(waitsForBroker: false, watchdogInterval: nil)
        let more = ServiceManager.Assignment.extendTimeout(60 * Self.second)
        #expect(
            status.assignments(for: .finishing(sealed: 0), now: 0)
                == [.stopping, .status("committing and sealing"), more])
        #expect(status.assignments(for: .finishing(sealed: 0), now: 299 * Self.second) == [more])
        #expect(status.assignments(for: .finishing(sealed: 0), now: 300 * Self.second) == [])
        #expect(status.assignments(for: .finishing(sealed: 9), now: 301 * Self.second) == [more])
    }

    @Test func `a lost word that it is up is told again`() {
        var status = ServiceStatus(waitsForBroker: false, watchdogInterval: nil)
        #expect(status.repetition() == [])
        status.wasLost(status.assignments(for: Self.recording, now: 0))
        #expect(status.repetition() == [.ready])
        #expect(status.repetition() == [])
    }
}
