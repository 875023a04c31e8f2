/// Moves times that stand in payloads and keeps the way they are written.
///
/// Date, time of day, fraction and number get new digits; how many digits a fraction has, the zone, the letter between
/// date and time and everything else stay. A time is moved by the offset rounded to the finest unit that it is written
/// with, so that moving it back gives the same bytes again.
public struct TimestampShift: Hashable, Sendable {
    /// How far, ns; positive is later.
    public let nanoseconds: Int64

    /// Moves by so many ns.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Why a text was not moved.
    public enum Obstacle: String, Hashable, Sendable, CaseIterable, Error {
        /// It is no time that ``DeviceTime`` can read.
        case notATime = "not_a_time"
        /// Before 2010: what clocks show that were never set, and what stands for no time at all.
        case unsetClock = "unset_clock"
        /// The moved time cannot be written the same way: beyond the year 9999, or with more digits.
        case outOfRange = "out_of_range"
    }

    /// The text of a moved time.
    ///
    /// - Parameter text: the content of a string, or the literal of a number.
    /// - Returns: as many bytes as `text` has, but for a number that gets a digit more.
    /// - Throws: ``Obstacle`` where the text is to be left as it is.
    public func moved(_ text: Span<UInt8>) throws(Obstacle) -> [UInt8] {
        if text.count >= 10, text[4] == UInt8(ascii: "-") { return try movedDate(text) }
        return try movedEpoch(text)
    }

    /// 2010-01-01T00:00:00Z, s since the epoch.
    private static let earliest: Int64 = 1_262_304_000
    /// 10000-01-01T00:00:00Z, s since the epoch.
    private static let end: Int64 = 253_402_300_800

    private func movedDate(_ text: Span<UInt8>) throws(Obstacle) -> [UInt8] {
        let isTime = text.withUnsafeBufferPointer { ISOTimeParser.parse($0) != nil }
        guard isTime, var form = DateForm(text) else { throw .notATime }
        guard form.seconds >= Self.earliest else { throw .unsetClock }
        form.move(by: units(of: form.unit), of: form.unit)
        guard Self.earliest..<Self.end ~= form.seconds else { throw .outOfRange }
        return form.written(over: text)
    }

    /// The offset in whole units of so many ns; halves go away from zero, so that both directions round alike.
    private func units(of unit: Int64) -> Int64 {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: unit)
        guard rest.magnitude >= unit.magnitude - rest.magnitude else { return whole }
        return rest < 0 ? whole - 1 : whole + 1
    }

    /// Moves a number of seconds (up to 11 digits before the point) or milliseconds (12 to 14), as ``DeviceTime`` reads
    /// them.
    private func movedEpoch(_ text: Span<UInt8>) throws(Obstacle) -> [UInt8] {
        guard let form = EpochForm(text) else {
            throw Self.isBeforeEpoch(text) ? .unsetClock : .notATime
        }
        let perSecond = 1_000_000_000 / form.unit
        guard form.count >= Int128(Self.earliest * perSecond) else { throw .unsetClock }
        let moved = form.count + Int128(units(of: form.unit))
        guard moved >= Int128(Self.earliest * perSecond), moved < Int128(Self.end) * Int128(perSecond) else {
            throw .outOfRange
        }
        guard let bytes = form.written(moved, over: text) else { throw .outOfRange }
        return bytes
    }

    private static func isBeforeEpoch(_ text: Span<UInt8>) -> Bool {
        guard text.count > 1, text[0] == UInt8(ascii: "-") else { return false }
        return DeviceTime(text: text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }).class != .invalid
    }
}

/// How a date, or date and time, is written; the text has been parsed before.
private struct DateForm {
    /// Seconds since the epoch as if the text were UTC, which is exact for differences in any zone.
    private(set) var seconds: Int64
    private var nanoseconds: Int64 = 0
    /// The finest unit that is written, ns.
    private(set) var unit: Int64 = 86_400_000_000_000
    private var hasTime = false
    private var hasSeconds = false
    private var fraction = 0

    init?(_ text: Span<UInt8>) {
        func number(_ start: Int, _ count: Int) -> Int { Int(DecimalDigits.value(text, start..<start + count)) }
        guard var civil = CivilTime(year: number(0, 4), month: number(5, 2), day: number(8, 2)) else { return nil }
        if text.count >= 16 {
            hasTime = true
            unit = 60_000_000_000
            civil.hour = number(11, 2)
            civil.minute = number(14, 2)
        }
        if text.count >= 19, text[16] == UInt8(ascii: ":") {
            hasSeconds = true
            unit = 1_000_000_000
            // A leap second is read as the second after it.
            civil.second = number(17, 2)
        }
        if hasSeconds, text.count > 20, text[19] == UInt8(ascii: ".") || text[19] == UInt8(ascii: ",") {
            // Digits that are finer than a nanosecond stay as they are.
            while fraction < 9, 20 + fraction < text.count, DecimalDigits.isDigit(text[20 + fraction]) {
                fraction += 1
                unit /= 10
            }
            nanoseconds = DecimalDigits.value(text, 20..<20 + fraction) * unit
        }
        let days = CivilTime.daysSinceEpoch(year: civil.year, month: civil.month, day: civil.day)
        seconds = Int64(days * 86_400 + civil.hour * 3_600 + civil.minute * 60 + civil.second)
    }

    /// Moves by so many units of so many ns.
    mutating func move(by count: Int64, of unit: Int64) {
        // The product is at most half a unit beyond an offset of 64 bits; where that is too much, nothing is in reach.
        let (offset, overflow) = count.multipliedReportingOverflow(by: unit)
        let (whole, rest) = (overflow ? (count < 0 ? .min : .max) : offset).quotientAndRemainder(
            dividingBy: 1_000_000_000)
        seconds += whole
        nanoseconds += rest
        if nanoseconds < 0 {
            nanoseconds += 1_000_000_000
            seconds -= 1
        } else if nanoseconds >= 1_000_000_000 {
            nanoseconds -= 1_000_000_000
            seconds += 1
        }
    }

    /// The text with the digits of this time.
    func written(over text: Span<UInt8>) -> [UInt8] {
        let date = CivilTime.date(daysSinceEpoch: Int(seconds / 86_400))
        let time = seconds % 86_400
        return [UInt8](unsafeUninitializedCapacity: text.count) { buffer, count in
            text.withUnsafeBufferPointer { _ = buffer.initialize(from: $0) }
            count = text.count
            DecimalDigits.write(Int64(date.year), to: buffer, 0..<4)
            DecimalDigits.write(Int64(date.month), to: buffer, 5..<7)
            DecimalDigits.write(Int64(date.day), to: buffer, 8..<10)
            guard hasTime else { return }
            DecimalDigits.write(time / 3_600, to: buffer, 11..<13)
            DecimalDigits.write(time / 60 % 60, to: buffer, 14..<16)
            guard hasSeconds else { return }
            DecimalDigits.write(time % 60, to: buffer, 17..<19)
            if fraction > 0 { DecimalDigits.write(nanoseconds / unit, to: buffer, 20..<20 + fraction) }
        }
    }
}

/// How a number of seconds or milliseconds since the epoch is written.
private struct EpochForm {
    /// The number in units of its last digit.
    private(set) var count: Int128
    /// The last digit that counts, ns.
    private(set) var unit: Int64
    private let whole: Int
    private let fraction: Int

    init?(_ text: Span<UInt8>) {
        var whole = 0
        while whole < text.count, DecimalDigits.isDigit(text[whole]) { whole += 1 }
        guard 1...14 ~= whole else { return nil }
        if whole < text.count {
            guard text[whole] == UInt8(ascii: "."), whole + 1 < text.count else { return nil }
            for index in whole + 1..<text.count where !DecimalDigits.isDigit(text[index]) { return nil }
        }
        self.whole = whole
        unit = whole <= 11 ? 1_000_000_000 : 1_000_000
        // Digits that are finer than a nanosecond stay as they are.
        fraction = min(max(0, text.count - whole - 1), whole <= 11 ? 9 : 6)
        var scale: Int64 = 1
        for _ in 0..<fraction { scale *= 10 }
        unit /= scale
        count = Int128(DecimalDigits.value(text, 0..<whole)) * Int128(scale)
        if fraction > 0 { count += Int128(DecimalDigits.value(text, whole + 1..<whole + 1 + fraction)) }
    }

    /// The text with another number in it; nil where that number would be read in another unit.
    func written(_ count: Int128, over text: Span<UInt8>) -> [UInt8]? {
        var scale: Int128 = 1
        for _ in 0..<fraction { scale *= 10 }
        let digits = "\(count / scale)"
        guard (digits.utf8.count <= 11) == (whole <= 11), digits.utf8.count <= 14 else { return nil }
        var bytes = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, whole - digits.utf8.count))
        bytes += digits.utf8
        guard text.count > whole else { return bytes }
        let start = bytes.count + 1
        for index in whole..<text.count { bytes.append(text[index]) }
        bytes.withUnsafeMutableBufferPointer {
            DecimalDigits.write(Int64(count % scale), to: $0, start..<start + fraction)
        }
        return bytes
    }
}

/// Decimal digits of fixed width.
private enum DecimalDigits {
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// The value of up to 18 digits.
    static func value(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64 {
        var value: Int64 = 0
        for index in range { value = value &* 10 &+ Int64(text[index] &- UInt8(ascii: "0")) }
        return value
    }

    static func write(_ value: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>, _ range: Range<Int>) {
        var rest = value
        for index in range.reversed() {
            buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
