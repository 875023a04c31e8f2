import DeviceProtocol
import JSONScan

/// How a device writes the time of its samples.
enum TimestampStyle: Sendable, Hashable {
    /// `2026-11-22T14:30:00.250Z`
    case milliseconds
    /// `2026-11-22T14:30:00Z`
    case seconds
    /// Local time with its distance from UTC in minutes: `2026-11-22T15:30:00.250+01:00`
    case offset(minutes: Int)
    /// Local time without a zone: `2026-11-22T15:30:00`
    case naive(minutes: Int)
    /// Seconds since 1970.
    case epochSeconds
    /// Milliseconds since 1970.
    case epochMilliseconds
    /// None at all.
    case absent

    /// Writes the member `timestamp`, if this style has one.
    func write(_ time: Timestamp, to writer: inout JSONWriter) {
        if self == .absent { return }
        writer.key("timestamp")
        writeValue(time, to: &writer)
    }

    /// Writes the time as a value; null where the style has none.
    func writeValue(_ time: Timestamp, to writer: inout JSONWriter) {
        switch self {
        case .milliseconds: writer.raw(Self.text(time, minutes: 0, milliseconds: true, zone: "Z"))
        case .seconds: writer.raw(Self.text(time, minutes: 0, milliseconds: false, zone: "Z"))
        case .offset(let minutes):
            writer.raw(Self.text(time, minutes: minutes, milliseconds: true, zone: Self.zone(minutes)))
        case .naive(let minutes): writer.raw(Self.text(time, minutes: minutes, milliseconds: false, zone: ""))
        case .epochSeconds: writer.int(time.nanoseconds / 1_000_000_000)
        case .epochMilliseconds: writer.int(time.nanoseconds / 1_000_000)
        case .absent: writer.null()
        }
    }

    private static func zone(_ minutes: Int) -> String {
        let hours = NumberText.digits(abs(minutes) / 60, count: 2)
        let rest = NumberText.digits(abs(minutes) % 60, count: 2)
        let bytes = [UInt8(ascii: minutes < 0 ? "-" : "+")] + hours + [UInt8(ascii: ":")] + rest
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A date and time in quotes.
    private static func text(_ time: Timestamp, minutes: Int, milliseconds: Bool, zone: String) -> [UInt8] {
        let local = CivilTime(Timestamp(nanoseconds: time.nanoseconds &+ Int64(minutes) &* 60_000_000_000))
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.reserveCapacity(34)
        let parts: [(Int, Int, String)] = [
            (local.year, 4, "-"), (local.month, 2, "-"), (local.day, 2, "T"), (local.hour, 2, ":"),
            (local.minute, 2, ":"), (local.second, 2, ""),
        ]
        for (value, count, separator) in parts {
            bytes += NumberText.digits(value, count: count)
            bytes += Array(separator.utf8)
        }
        if milliseconds {
            bytes.append(UInt8(ascii: "."))
            bytes += NumberText.digits(local.nanosecond / 1_000_000, count: 3)
        }
        bytes += Array(zone.utf8)
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }
}
