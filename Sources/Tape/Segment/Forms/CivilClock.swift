/// Seconds since 1970-01-01T00:00:00 and their spelling `2026-03-01T00:01:02`, in the Gregorian calendar carried on
/// backwards (ISO 8601), eight bytes at a time.
enum CivilClock {
    /// 0001-01-01T00:00:00.
    static let first: Int64 = -62_135_596_800
    /// 9999-12-31T23:59:59.
    static let last: Int64 = 253_402_300_799

    /// The seconds that 19 bytes from `start` on spell; nil for any other spelling or a date that does not exist.
    @inline(__always)
    static func seconds(_ text: RawSpan, at start: Int, separator: UInt8) -> Int64? {
        // Digits become their numbers and the right separators 0.
        let date = text.word(at: start) ^ 0x2d30_302d_3030_3030
        let hours = text.word(at: start + 8) ^ (0x3030_3a30_3000_3030 | UInt64(separator) << 16)
        let ends = text.word(at: start + 11) ^ 0x3030_3a30_303a_3030
        let malformed =
            surplus(date, 0x0f06_060f_0606_0606) | surplus(hours, 0x0606_0f06_060f_0606)
            | surplus(ends, 0x0606_0f06_060f_0606)
        guard malformed == 0 else { return nil }

        let year = pair(date, 0) &* 100 &+ pair(date, 2)
        let month = pair(date, 5)
        let day = pair(hours, 0)
        let hour = pair(hours, 3)
        let minute = pair(hours, 6)
        let second = pair(ends, 6)
        guard year > 0, month &- 1 < 12, day &- 1 < daysOfMonth(month, year), hour < 24, minute < 60, second < 60
        else { return nil }
        return days(year: year, month: month, day: day) &* 86_400
            &+ Int64(hour &* 3_600 &+ minute &* 60 &+ second)
    }

    /// The 19 bytes of `seconds` as little-endian words: the first eight, the next eight, and the last eight.
    @inline(__always)
    static func words(_ seconds: Int64, separator: UInt8) -> (UInt64, UInt64, UInt64) {
        let sinceFirst = UInt64(min(max(seconds, first), last) &- first)
        let days = sinceFirst / 86_400
        let time = UInt32(truncatingIfNeeded: sinceFirst &- days &* 86_400)
        let (year, month, day) = date(sinceFirst: UInt32(truncatingIfNeeded: days))
        let century = year / 100
        let minutes = time / 60
        let hour = minutes / 60
        let dates = spell(century, year &- century &* 100, month, day)
        let times = spell(hour, minutes &- hour &* 60, time &- minutes &* 60, 0)
        let date = (dates & 0xffff_ffff) | 0x2d << 32 | (dates >> 32 & 0xffff) << 40 | 0x2d << 56
        let clock =
            (times & 0xffff) | 0x3a << 16 | (times >> 16 & 0xffff) << 24 | 0x3a << 40 | (times >> 32 & 0xffff) << 48
        return (date, dates >> 48 | UInt64(separator) << 16 | clock << 24, clock)
    }

    /// What is left in a byte that is above 9, or above 0 where `headroom` is 15 and not 6.
    @inline(__always)
    private static func surplus(_ word: UInt64, _ headroom: UInt64) -> UInt64 {
        (word | (word &+ headroom)) & 0xf0f0_f0f0_f0f0_f0f0
    }

    /// The two-digit number from byte `index` on.
    @inline(__always)
    private static func pair(_ word: UInt64, _ index: UInt64) -> UInt32 {
        let bytes = UInt32(truncatingIfNeeded: word >> (index &* 8))
        return (bytes & 0x0f) &* 10 &+ (bytes >> 8 & 0x0f)
    }

    /// Four numbers below 100 as two digits each, the first lowest.
    @inline(__always)
    private static func spell(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32) -> UInt64 {
        let numbers = UInt64(first) | UInt64(second) << 16 | UInt64(third) << 32 | UInt64(fourth) << 48
        let tens = (numbers &* 103) >> 10 & 0x000f_000f_000f_000f
        return 0x3030_3030_3030_3030 &+ (tens | (numbers &- tens &* 10) << 8)
    }

    @inline(__always)
    private static func daysOfMonth(_ month: UInt32, _ year: UInt32) -> UInt32 {
        guard month != 2 else {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return isLeap ? 29 : 28
        }
        // Long months are odd up to July and even after it.
        return 30 | (month ^ month >> 3) & 1
    }

    @inline(__always)
    private static func days(year: UInt32, month: UInt32, day: UInt32) -> Int64 {
        // Years that begin in March have the leap day at their end; 719,468 days lie before 1970.
        let isEarly = month < 3
        let year = isEarly ? year &- 1 : year
        let month = isEarly ? month &+ 9 : month &- 3
        let days = year &* 365 &+ year / 4 &- year / 100 &+ year / 400 &+ (month &* 153 &+ 2) / 5 &+ day &- 1
        return Int64(days) &- 719_468
    }

    /// Neri and Schneider, Euclidean affine functions and their application to calendar algorithms, 2022.
    @inline(__always)
    private static func date(sinceFirst days: UInt32) -> (year: UInt32, month: UInt32, day: UInt32) {
        // From 0000-03-01 on: centuries, years of a century, and months of a fixed-point length.
        let quarters = (days &+ 306) &* 4 &+ 3
        let century = quarters / 146_097
        let inCentury = (quarters &- century &* 146_097) | 3
        let product = UInt64(inCentury) &* 2_939_745
        let dayOfYear = UInt32(truncatingIfNeeded: product) / 2_939_745 / 4
        let year = century &* 100 &+ UInt32(truncatingIfNeeded: product >> 32)
        let months = dayOfYear &* 2_141 &+ 197_913
        let isEarly = dayOfYear >= 306
        return (
            year &+ (isEarly ? 1 : 0), (months >> 16) &- (isEarly ? 12 : 0), (months & 0xffff) / 2_141 &+ 1
        )
    }
}
