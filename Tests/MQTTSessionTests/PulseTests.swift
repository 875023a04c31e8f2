import Testing

@testable import MQTTSession

extension Pulse {
    /// The demand of the moment, of a copy: expectations cannot change what they look at.
    fileprivate func after(_ seconds: Int64, interval: Int64) -> Demand {
        var copy = self
        return copy.check(interval: interval, at: seconds * 1_000_000_000)
    }
}

@Suite struct PulseTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `a PING is due when nothing was sent, or nothing heard, for the keep alive`() {
        var pulse = Pulse()
        pulse.sent(at: 100 * Self.second)
        #expect(pulse.after(108, interval: 10) == .quiet)
        #expect(pulse.after(109, interval: 10) == .ping)
        pulse = Pulse()
        pulse.sent(at: 100 * Self.second)
        pulse.heard(1, at: 101 * Self.second)
        pulse.sent(at: 110 * Self.second)
        #expect(pulse.after(111, interval: 10) == .ping)
        #expect(pulse.after(999, interval: 0) == .quiet)
    }

    @Test func `a broker that says nothing although it was listened to is given up`() {
        var pulse = Pulse()
        pulse.sent(at: 0)
        var demand = pulse.check(interval: 5, at: 5 * Self.second)
        #expect(demand == .ping)
        pulse.sent(at: 5 * Self.second)
        pulse.drained(heard: 0, at: 9 * Self.second)
        demand = pulse.check(interval: 5, at: 9 * Self.second)
        #expect(demand == .ping)
        pulse.drained(heard: 0, at: 10 * Self.second)
        #expect(pulse.after(10, interval: 5) == .silent(seconds: 5))
        pulse.drained(heard: 1, at: 10 * Self.second)
        #expect(pulse.after(10, interval: 5) == .ping)
    }

    @Test func `whoever does not read keeps pinging and blames nobody`() {
        var pulse = Pulse()
        pulse.sent(at: 0)
        var pings = 0
        for now in 1...60 where pulse.check(interval: 5, at: Int64(now) * Self.second) == .ping {
            pings += 1
            pulse.sent(at: Int64(now) * Self.second)
        }
        #expect(pings == 15)
    }
}
