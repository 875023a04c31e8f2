import DeviceProtocol
import SQLite

/// Times as arguments of functions.
enum TimeArgument {
    /// An instant: a whole number is ns since the Unix epoch, a text ISO 8601, without a zone in UTC; nil for anything else.
    static func instant(_ value: SQLValue) -> Timestamp? {
        switch value {
        case .integer(let nanoseconds): return Timestamp(nanoseconds: nanoseconds)
        case .text(let text):
            let time = DeviceTime(text: text)
            switch time.class {
            case .utc, .offset, .naive: return time.timestamp
            case .epochSeconds, .epochMilliseconds, .invalid, .absent: return nil
            }
        case .null, .real, .blob: return nil
        }
    }

    /// The beginning of the stretch that an instant lies in.
    ///
    /// Stretches begin at whole multiples of their length since 1970, UTC. A number stays a number, a text becomes
    /// RFC 3339.
    static func bucket(_ width: SQLValue, _ value: SQLValue, into cell: ResultCell) throws(TableError) {
        let length = try length(width)
        guard let time = instant(value) else { return }
        let rest = time.nanoseconds % length
        let (begin, overflow) = time.nanoseconds.subtractingReportingOverflow(rest < 0 ? rest + length : rest)
        guard !overflow else { return }
        if case .integer = value { cell.set(begin) } else { cell.set(Timestamp(nanoseconds: begin)) }
    }

    /// `15m`, `1h`, `1d`, or a whole number of ns.
    private static func length(_ value: SQLValue) throws(TableError) -> Int64 {
        if case .integer(let nanoseconds) = value, nanoseconds > 0 { return nanoseconds }
        if case .text(let text) = value {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            if let count = Int64(digits), count > 0, let unit = units[text.dropFirst(digits.count).lowercased()] {
                let (product, overflow) = count.multipliedReportingOverflow(by: unit)
                if !overflow { return product }
            }
        }
        throw TableError("time_bucket takes a length such as '10s', '15m', '1h', '1d' or '1w' first, then a time")
    }

    private static let units: [String: Int64] = [
        "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "min": 60_000_000_000, "h": 3_600_000_000_000,
        "d": 86_400_000_000_000, "w": 604_800_000_000_000,
    ]
}
