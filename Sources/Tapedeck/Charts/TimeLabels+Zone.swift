import Foundation
import Plot

extension TimeLabels {
    /// The times of a chart in the zone of `--tz`.
    init(_ zone: TimeZone) {
        self.init(zone: TableTime.name(zone), offset: zone.nanosecondsAhead)
    }
}

extension TimeZone {
    /// How far the zone is ahead of UTC at an instant, both in ns.
    @Sendable func nanosecondsAhead(_ time: Int64) -> Int64 {
        Int64(secondsFromGMT(for: Date(timeIntervalSince1970: Double(time / 1_000_000_000)))) * 1_000_000_000
    }
}
