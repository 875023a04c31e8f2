import DeviceProtocol

/// Watches how far the clock of a device is from the recorder's.
///
/// - A jump is a change by more than 5 s that three messages in a row agree on to half a second, which arrive no faster
///   than the device usually sends.
/// - A message is late when the device states a time that is more than 10 s, and more than three periods, further in
///   the past than usual.
struct DeviceClock {
    /// A jump of the clock, or messages that were held back.
    enum Event {
        case jump(at: Timestamp, from: Int64, to: Int64, sequence: Int64)
        case late(from: Timestamp, until: Timestamp, count: Int, most: Int64, sequence: Int64)
    }

    private struct Reading {
        var arrival: Timestamp
        var skew: Int64
        var sequence: Int64
    }

    private let period: Int64
    private var level: Int64?
    /// Readings that are away from the level, and not yet known to be a jump.
    private var apart: [Reading] = []
    private(set) var events: [Event] = []

    private static let second: Int64 = 1_000_000_000

    /// - Parameter period: the time between two messages, ns; 0 where it is not known.
    init(period: Int64) {
        self.period = period
    }

    /// Takes what a message says, in order of arrival.
    mutating func add(arrival: Timestamp, deviceTime: Timestamp, sequence: Int64) {
        let skew = deviceTime.nanoseconds &- arrival.nanoseconds
        let reading = Reading(arrival: arrival, skew: skew, sequence: sequence)
        guard let level else {
            self.level = skew
            return
        }
        if (skew &- level).magnitude <= UInt64(5 * Self.second) {
            settle()
            // Clocks drift; the level follows slowly.
            self.level = level &+ (skew &- level) / 8
            return
        }
        apart.append(reading)
        guard apart.count >= 3 else { return }
        let last = apart.suffix(3)
        let skews = last.map(\.skew)
        let isSteady = ((skews.max() ?? 0) &- (skews.min() ?? 0)).magnitude <= UInt64(Self.second / 2)
        let took = (last.last?.arrival.nanoseconds ?? 0) &- (last.first?.arrival.nanoseconds ?? 0)
        guard isSteady, took >= period, let first = last.first else { return }
        apart.removeLast(3)
        settle()
        events.append(.jump(at: first.arrival, from: level, to: skews[1], sequence: first.sequence))
        self.level = skews[1]
    }

    /// Ends the watch.
    mutating func finish() {
        settle()
    }

    /// What was apart without being a jump came late, unless its clock was ahead.
    private mutating func settle() {
        defer { apart = [] }
        guard let level else { return }
        let limit = max(10 * Self.second, period.multipliedReportingOverflow(by: 3).partialValue)
        let late = apart.filter { level &- $0.skew > limit }
        guard let first = late.first, let last = late.last else { return }
        events.append(
            .late(
                from: first.arrival, until: last.arrival, count: late.count,
                most: late.map { level &- $0.skew }.max() ?? 0, sequence: first.sequence))
    }
}
