import DeviceProtocol
import Foundation

/// How tables show instants: to the millisecond, in the zone of `--tz`, without the date where all are of one day.
struct TableTime {
    private let zone: TimeZone
    /// The day that all instants lie on, and so need not be shown.
    private let day: Substring?

    /// Looks whether a window lies within one day.
    ///
    /// - Parameters:
    ///   - first: the earliest instant that will be shown; nil where it is not known.
    ///   - last: the latest one; nil where it is not known.
    ///   - zone: the zone in which days are counted.
    init(from first: Timestamp?, to last: Timestamp?, zone: TimeZone) {
        self.zone = zone
        guard let first, let last else {
            day = nil
            return
        }
        let (from, to) = (Self.parts(first, zone).date, Self.parts(last, zone).date)
        day = from == to ? from : nil
    }

    /// The title of a column of times: the day, if all have the same.
    func title(_ name: String) -> String {
        day.map(String.init) ?? name
    }

    /// An instant as a table shows it.
    func text(_ time: Timestamp) -> String {
        let (date, clock) = Self.parts(time, zone)
        return date == day ? String(clock) : "\(date) \(clock)"
    }

    /// An instant with date and milliseconds.
    static func full(_ time: Timestamp, _ zone: TimeZone) -> String {
        let (date, clock) = parts(time, zone)
        return "\(date) \(clock)"
    }

    /// The name under which a zone stands beside times.
    static func name(_ zone: TimeZone) -> String {
        zone.identifier == "GMT" ? "UTC" : zone.identifier
    }

    private static func parts(_ time: Timestamp, _ zone: TimeZone) -> (date: Substring, clock: Substring) {
        let second = Double(time.nanoseconds / 1_000_000_000)
        let offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: second))) * 1_000_000_000
        let text = Timestamp(nanoseconds: time.nanoseconds &+ offset).rfc3339
        // 2026-11-22T14:30:00.000000000Z, all ASCII.
        let date = text.prefix(10)
        let clock = text.dropFirst(11).prefix(12)
        return (date, clock)
    }
}
