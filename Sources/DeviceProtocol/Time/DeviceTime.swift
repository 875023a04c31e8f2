public import JSONScan

/// How a device wrote a time.
public enum TimestampClass: String, CaseIterable, Sendable, Hashable {
    /// Date and time with `Z`.
    case utc
    /// Date and time with a numeric offset.
    case offset
    /// Date and time, or a date, without a zone.
    case naive
    /// Seconds since the Unix epoch.
    case epochSeconds = "epoch_s"
    /// Milliseconds since the Unix epoch.
    case epochMilliseconds = "epoch_ms"
    /// Something that is no time.
    case invalid
    /// Nothing, or null.
    case absent
}

/// A time as a payload states it, with the instant that it stands for.
public struct DeviceTime: Hashable, Sendable {
    /// What stands in the payload: the text of a string, the literal of a number; nil when absent.
    public let text: String?
    /// How the time is written.
    public let `class`: TimestampClass
    /// The instant, a time without zone read as UTC; nil for what is no time or out of reach of ``Timestamp``.
    public let timestamp: Timestamp?

    /// No time at all.
    public static let absent = DeviceTime(text: nil, class: .absent, timestamp: nil)

    init(text: String?, class: TimestampClass, timestamp: Timestamp?) {
        self.text = text
        self.class = `class`
        self.timestamp = timestamp
    }

    /// Reads what stands in a payload; nil and null are ``absent``, what is no time is ``TimestampClass/invalid``.
    public init(_ value: JSONValue?) {
        switch value {
        case nil, .null: self = .absent
        case .string(let text): self.init(text: text)
        case .number(let number): self = DeviceTime(epoch: number.text) ?? DeviceTime(invalid: number.text)
        case .some(let other): self.init(invalid: other.description)
        }
    }

    /// Reads a text: ISO 8601, RFC 3339, or digits since the epoch.
    public init(text: String) {
        var copy = text
        let parsed = copy.withUTF8 { ISOTimeParser.parse($0) }
        guard let parsed else {
            self = DeviceTime(epoch: text) ?? DeviceTime(invalid: text)
            return
        }
        let timestampClass: TimestampClass =
            switch parsed.zone {
            case .utc: .utc
            case .offset: .offset
            case .missing: .naive
            }
        self.init(text: text, class: timestampClass, timestamp: parsed.timestamp)
    }

    private init(invalid text: String) {
        self.init(text: text, class: .invalid, timestamp: nil)
    }

    /// Reads digits, with or without sign and fraction: up to 11 before the point are seconds, 12 to 14 milliseconds.
    private init?(epoch text: String) {
        var copy = text
        let epoch = copy.withUTF8 { EpochTime($0) }
        guard let epoch else { return nil }
        self.init(text: text, class: epoch.class, timestamp: epoch.timestamp)
    }

    /// Whether the instant can be a real one: from 2010 up to 2100.
    ///
    /// Clocks that were never set show 0001, 1970, 1980 or 2000.
    public var isSound: Bool {
        guard let timestamp else { return false }
        return Self.isSound(timestamp)
    }

    /// Whether an instant can be what a clock that was ever set shows.
    public static func isSound(_ timestamp: Timestamp) -> Bool {
        soundNanoseconds.contains(timestamp.nanoseconds)
    }

    /// 2010-01-01T00:00:00Z up to 2100-01-01T00:00:00Z.
    private static let soundNanoseconds: Range<Int64> = 1_262_304_000_000_000_000..<4_102_444_800_000_000_000
}

/// A number of seconds or milliseconds since the epoch, read exactly from its decimal text.
private struct EpochTime {
    let `class`: TimestampClass
    let timestamp: Timestamp?

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var whole: Int64 = 0
        let firstDigit = index
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10, index - firstDigit < 15 {
            whole = whole * 10 + Int64(bytes[index] &- UInt8(ascii: "0"))
            index += 1
        }
        let digits = index - firstDigit
        guard 1...14 ~= digits else { return nil }
        let unit: Int64 = digits <= 11 ? 1_000_000_000 : 1_000_000
        var fraction: Int64 = 0
        if index < bytes.count {
            guard bytes[index] == UInt8(ascii: "."), index + 1 < bytes.count else { return nil }
            var weight = unit / 10
            for byte in bytes[(index + 1)...] {
                guard byte &- UInt8(ascii: "0") < 10 else { return nil }
                fraction += Int64(byte &- UInt8(ascii: "0")) * weight
                weight /= 10
            }
        }
        `class` = digits <= 11 ? .epochSeconds : .epochMilliseconds
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        let (sum, beyond) = product.addingReportingOverflow(fraction)
        timestamp = overflow || beyond ? nil : Timestamp(nanoseconds: isNegative ? -sum : sum)
    }
}
