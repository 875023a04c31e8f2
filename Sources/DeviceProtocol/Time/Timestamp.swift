/// An instant as nanoseconds since the Unix epoch, UTC, leap seconds not counted.
///
/// Reaches from 1677-09-21 to 2262-04-11.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; negative before it.
    public var nanoseconds: Int64

    /// Makes an instant from nanoseconds since the Unix epoch.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads an RFC 3339 date and time, for example `2026-11-22T14:30:00.25+01:00`.
    ///
    /// A zone is required; digits of the fraction beyond the ninth are cut off. Nil for any other text and for an
    /// instant that nanoseconds in 64 bits cannot hold.
    public init?(rfc3339 text: String) {
        var text = text
        let parsed = text.withUTF8 { ISOTimeParser.parse($0) }
        guard let parsed, parsed.zone != .missing, let timestamp = parsed.timestamp else { return nil }
        self = timestamp
    }

    /// Orders by time.
    public static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// UTC with nine digits of fraction, always 30 bytes: `2026-11-22T14:30:00.000000000Z`.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: Self.rfc3339Count) { buffer in
            var output = OutputDigits(buffer: buffer)
            output.write(CivilTime(self))
            return output.count
        }
    }

    /// Appends ``rfc3339`` to `bytes` without making a string.
    public func appendRFC3339(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.rfc3339Count) { buffer in
            var output = OutputDigits(buffer: buffer)
            output.write(CivilTime(self))
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<output.count]))
        }
    }

    private static let rfc3339Count = 30
}

extension Timestamp: CustomStringConvertible {
    /// The same as ``rfc3339``.
    public var description: String { rfc3339 }
}

/// Writes fixed-width decimal fields into a buffer that is large enough by construction.
private struct OutputDigits {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    /// Years of a ``Timestamp`` have four digits, so the text is 30 bytes long.
    mutating func write(_ time: CivilTime) {
        write(time.year, digits: 4)
        write("-")
        write(time.month, digits: 2)
        write("-")
        write(time.day, digits: 2)
        write("T")
        write(time.hour, digits: 2)
        write(":")
        write(time.minute, digits: 2)
        write(":")
        write(time.second, digits: 2)
        write(".")
        write(time.nanosecond, digits: 9)
        write("Z")
    }

    private mutating func write(_ character: Unicode.Scalar) {
        buffer[count] = UInt8(truncatingIfNeeded: character.value)
        count += 1
    }

    private mutating func write(_ value: Int, digits: Int) {
        var rest = UInt32(truncatingIfNeeded: value)
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }
}
