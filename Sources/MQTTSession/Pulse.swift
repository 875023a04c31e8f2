/// When the two ends of a connection last gave a sign of life, and what follows from it (MQTT 5.0 §3.1.2.10).
struct Pulse {
    enum Demand: Equatable {
        case quiet
        case ping
        /// No answer for so many seconds.
        case silent(seconds: Int64)
    }

    private var packets = 0
    private var lastSent: Int64 = 0
    private var lastHeard: Int64 = 0
    private var lastDrained: Int64 = 0
    /// The first PING since the broker was heard.
    private var pingedAt: Int64?

    /// The caller looks about once a second.
    private static let margin: Int64 = 1_000_000_000

    mutating func sent(at now: Int64) {
        lastSent = now
        if lastHeard == 0 { lastHeard = now }
    }

    /// So many packets were heard until now.
    mutating func heard(_ count: Int, at now: Int64) {
        guard count != packets else { return }
        packets = count
        lastHeard = now
        pingedAt = nil
    }

    /// The socket was read empty.
    mutating func drained(heard count: Int, at now: Int64) {
        heard(count, at: now)
        lastDrained = now
    }

    /// What is to be done now; `interval` is the keep alive in seconds.
    ///
    /// The broker is given up only when it was listened to in vain: a caller that reads nothing for a while must not
    /// take its own silence for the broker's.
    mutating func check(interval: Int64, at now: Int64) -> Demand {
        guard interval > 0 else { return .quiet }
        let span = interval &* 1_000_000_000
        if let pingedAt, lastDrained &- pingedAt >= span {
            return .silent(seconds: (lastDrained &- pingedAt) / 1_000_000_000)
        }
        guard now &- lastSent >= span - Self.margin || (pingedAt == nil && now &- lastHeard >= span - Self.margin)
        else {
            return .quiet
        }
        if pingedAt == nil { pingedAt = now }
        return .ping
    }
}
