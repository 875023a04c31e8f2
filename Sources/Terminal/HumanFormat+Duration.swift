extension HumanFormat {
    /// A length of time, two units at most: `850 ms`, `2.4 s`, `3 m 12 s`, `4 h 02 m`, `3 d 4 h`.
    public static func duration(nanoseconds: Int64) -> String {
        (nanoseconds < 0 ? "-" : "") + duration(nanoseconds.magnitude)
    }

    private static func duration(_ nanoseconds: UInt64) -> String {
        for (unit, name) in [(UInt64(1), "ns"), (1000, "µs"), (1_000_000, "ms")] {
            let count = rounded(nanoseconds, to: unit)
            if count < 1000 { return "\(count) \(name)" }
        }
        let tenths = rounded(nanoseconds, to: 100_000_000)
        if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
        let seconds = rounded(nanoseconds, to: 1_000_000_000)
        if seconds < 3600 { return "\(seconds / 60) m \(twoDigits(seconds % 60)) s" }
        let minutes = rounded(nanoseconds, to: 60_000_000_000)
        if minutes < 1440 { return "\(minutes / 60) h \(twoDigits(minutes % 60)) m" }
        let hours = rounded(nanoseconds, to: 3_600_000_000_000)
        return "\(hours / 24) d \(hours % 24) h"
    }

    private static func rounded(_ value: UInt64, to unit: UInt64) -> UInt64 {
        value / unit + (unit > 1 && value % unit >= unit / 2 ? 1 : 0)
    }

    private static func twoDigits(_ value: UInt64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
