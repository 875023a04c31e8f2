/// Date and time as ISO 8601 and RFC 3339 write them, read from UTF-8 bytes.
struct ISOTimeParser {
    /// What stands after the time of day.
    enum Zone: Hashable {
        /// `Z`.
        case utc
        /// A numeric offset, also `+00:00`.
        case offset
        /// Nothing.
        case missing
    }

    /// A text that is a date, or a date and time.
    struct Parsed {
        var zone: Zone
        /// The instant, without a zone read as UTC; nil when the date is real but out of reach of ``Timestamp``.
        var timestamp: Timestamp?
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Reads `YYYY-MM-DD`, optionally followed by `T`, `t` or a space, `hh:mm[:ss[.fraction]]` and a zone.
    ///
    /// A leap second (`:60`) is read as the second after it. Nil when the whole text is not that.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Parsed? {
        var parser = ISOTimeParser(bytes)
        return parser.parse()
    }

    private mutating func parse() -> Parsed? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
            var time = CivilTime(year: year, month: month, day: day)
        else { return nil }
        if offset == bytes.count { return Parsed(zone: .missing, timestamp: time.timestamp) }
        guard take("T") || take("t") || take(" "), let leapSecond = timeOfDay(&time), let (zone, seconds) = zone()
        else { return nil }
        return Parsed(zone: zone, timestamp: time.timestamp(offsetSeconds: leapSecond ? seconds - 1 : seconds))
    }

    /// Whether the second was a leap second; nil when this is no time of day.
    private mutating func timeOfDay(_ time: inout CivilTime) -> Bool? {
        guard let hour = digits(2), hour < 24, take(":"), let minute = digits(2), minute < 60 else { return nil }
        time.hour = hour
        time.minute = minute
        guard take(":") else { return false }
        guard let second = digits(2), second <= 60 else { return nil }
        time.second = min(second, 59)
        if take(".") || take(",") {
            guard let fraction = fraction() else { return nil }
            time.nanosecond = fraction
        }
        return second == 60
    }

    private mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while offset < bytes.count, let digit = Self.digit(bytes[offset]) {
            if count < 9 { value = value * 10 + digit }
            count += 1
            offset += 1
        }
        guard count > 0 else { return nil }
        while count < 9 {
            value *= 10
            count += 1
        }
        return value
    }

    /// The zone and its seconds east of UTC.
    private mutating func zone() -> (Zone, Int)? {
        if offset == bytes.count { return (.missing, 0) }
        if take("Z") || take("z") { return offset == bytes.count ? (.utc, 0) : nil }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), hours < 24 else { return nil }
        if offset == bytes.count { return (.offset, sign * hours * 3_600) }
        _ = take(":")
        guard let minutes = digits(2), minutes < 60, offset == bytes.count else { return nil }
        return (.offset, sign * (hours * 3_600 + minutes * 60))
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard bytes.count - offset >= count else { return nil }
        var value = 0
        for index in offset..<offset + count {
            guard let digit = Self.digit(bytes[index]) else { return nil }
            value = value * 10 + digit
        }
        offset += count
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < bytes.count, bytes[offset] == UInt8(truncatingIfNeeded: character.value) else { return false }
        offset += 1
        return true
    }

    private static func digit(_ byte: UInt8) -> Int? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? Int(value) : nil
    }
}
