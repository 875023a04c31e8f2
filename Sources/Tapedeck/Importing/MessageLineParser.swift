import DeviceProtocol
import JSONScan
import MQTTWire
import Tape

/// A message as a line gives it.
struct ImportedMessage {
    /// The message; its sequence and session are not set, and its monotonic time is its wall time.
    var message: RecordedMessage
    /// The sequence number that it had where it comes from.
    var sequence: Int64?
    /// The session that it had there.
    var session: Int64?
    /// The sequence number there of the message that it repeats.
    var duplicateOf: Int64?
}

/// Reads lines in the `messages` contract, one JSON object each.
struct MessageLineParser {
    /// Keys that mean nothing here.
    private(set) var ignored = IgnoredKeys()
    /// The first time of each unit that numbers were read in.
    private(set) var epochs: [EpochTime.Unit: Timestamp] = [:]
    private var properties = PropertiesParser()

    /// Bytes of a payload at most: with topic and properties an MQTT packet has no more (MQTT 5.0 §2.1.4).
    static let longestPayload = 268_435_455
    /// The times that a message may have arrived at: what lies outside is no time or read in a wrong unit.
    static let times = Timestamp(nanoseconds: 0)..<Timestamp(nanoseconds: 7_258_118_400_000_000_000)

    /// Reads a line.
    ///
    /// - Throws: ``BrokenLine``.
    mutating func parse(_ line: Span<UInt8>) throws(BrokenLine) -> ImportedMessage {
        var tokens = LineTokens()
        guard let first = try tokens.next(line), first.kind == .beginObject else {
            throw BrokenLine(offset: 0, reason: "a line is one JSON object, a message")
        }
        var fields = Fields()
        while let key = try tokens.next(line), key.kind == .key {
            let known = MessageKey(key, line)
            let value = try tokens.required(line)
            guard let known else {
                ignored.count(key.string(in: line))
                _ = try tokens.literal(value, line)
                continue
            }
            if known != .derived {
                guard fields.found & known.bit == 0 else {
                    throw BrokenLine(offset: key.start, reason: "`\(known.name)` stands there twice")
                }
                fields.found |= known.bit
            }
            try read(known, value, &tokens, line, &fields)
        }
        // Nothing but white space may follow.
        _ = try tokens.next(line)
        return try fields.message(lineLength: line.count)
    }

    private mutating func read(
        _ key: MessageKey, _ value: JSONToken, _ tokens: inout LineTokens, _ line: Span<UInt8>, _ fields: inout Fields
    ) throws(BrokenLine) {
        // Null says the same as nothing, but for a payload, whose text it may be.
        if value.kind == .null, key != .payload {
            fields.found &= ~key.bit
            return
        }
        switch key {
        case .time: fields.time = try time(value, line)
        case .topic: fields.topic = try Self.topic(value, line)
        case .payload: fields.payload = try Self.payload(value, &tokens, line)
        case .payloadBase64: fields.payload = try value.base64(key.name, most: Self.longestPayload, line)
        case .qos:
            let level = try value.integer(key.name, 0...2, line)
            fields.qos = QualityOfService(rawValue: UInt8(level)) ?? .atMostOnce
        case .retain: fields.retain = try Self.flag(value, key, line)
        case .dup: fields.dup = try Self.flag(value, key, line)
        case .properties:
            let range = try tokens.literal(value, line)
            fields.properties = try properties.parse(range, line, &ignored)
        case .sequence: fields.sequence = try value.integer(key.name, 0...Int64.max, line)
        case .session: fields.session = try value.integer(key.name, 0...Int64.max, line)
        case .duplicateOf: fields.duplicateOf = try value.integer(key.name, 0...Int64.max, line)
        case .redactions: fields.redactions = Int(try value.integer(key.name, 0...Int64(Int32.max), line))
        case .derived: _ = try tokens.literal(value, line)
        }
    }

    private mutating func time(_ value: JSONToken, _ line: Span<UInt8>) throws(BrokenLine) -> Timestamp {
        let time: Timestamp
        if value.kind == .number {
            guard let epoch = EpochTime(line.extracting(value.range)) else { throw Self.outOfReach(value) }
            if epochs[epoch.unit] == nil { epochs[epoch.unit] = epoch.timestamp }
            time = epoch.timestamp
        } else {
            guard let text = try value.text(line), let parsed = Timestamp(rfc3339: text) else {
                throw BrokenLine(
                    offset: value.start,
                    reason: "`time` is neither RFC 3339 with its zone (2026-11-22T14:30:00Z) nor a number since 1970")
            }
            time = parsed
        }
        guard Self.times.contains(time) else { throw Self.outOfReach(value) }
        return time
    }

    private static func outOfReach(_ value: JSONToken) -> BrokenLine {
        BrokenLine(offset: value.start, reason: "`time` is not from 1970 to 2199")
    }

    private static func topic(_ value: JSONToken, _ line: Span<UInt8>) throws(BrokenLine) -> String {
        guard let topic = try value.text(line) else {
            throw BrokenLine(offset: value.start, reason: "`topic` is no text")
        }
        if let fault = PublishLimits.fault(inTopic: topic) { throw BrokenLine(offset: value.start, reason: fault) }
        return topic
    }

    private static func payload(
        _ value: JSONToken, _ tokens: inout LineTokens, _ line: Span<UInt8>
    ) throws(BrokenLine) -> [UInt8] {
        let payload: [UInt8]
        if value.kind == .string, !value.hasEscapes {
            payload = Array(copying: line.extracting(value.range))
        } else if value.kind == .string, let text = ImportedText.unescape(line.extracting(value.range)) {
            payload = text
        } else if let text = try value.text(line) {
            payload = Array(text.utf8)
        } else {
            // Whatever else stands there is the payload as it is written.
            payload = Array(copying: line.extracting(try tokens.literal(value, line)))
        }
        guard payload.count <= longestPayload else {
            throw BrokenLine(offset: value.start, reason: "`payload` has more than the 268435455 bytes of MQTT")
        }
        return payload
    }

    /// A truth value; 0 and 1 too, as many programs write MQTT's flags.
    private static func flag(
        _ value: JSONToken, _ key: MessageKey, _ line: Span<UInt8>
    ) throws(BrokenLine) -> Bool {
        switch value.kind {
        case .true: true
        case .false: false
        case .number: try value.integer(key.name, 0...1, line) == 1
        default: throw BrokenLine(offset: value.start, reason: "`\(key.name)` is neither true nor false")
        }
    }
}

/// What a line has said so far.
private struct Fields {
    /// A bit for each key that was there.
    var found: UInt32 = 0
    var time = Timestamp(nanoseconds: 0)
    var topic = ""
    var payload: [UInt8] = []
    var qos = QualityOfService.atMostOnce
    var retain = false
    var dup = false
    var properties = PublishProperties()
    var sequence: Int64?
    var session: Int64?
    var duplicateOf: Int64?
    var redactions = 0

    /// The message, when everything that it needs was there.
    func message(lineLength: Int) throws(BrokenLine) -> ImportedMessage {
        for key in [MessageKey.time, .topic] where found & key.bit == 0 {
            throw BrokenLine(offset: lineLength, reason: "`\(key.name)` is missing")
        }
        let payloads = found & (MessageKey.payload.bit | MessageKey.payloadBase64.bit)
        guard payloads != 0 else { throw BrokenLine(offset: lineLength, reason: "`payload` is missing") }
        guard payloads.nonzeroBitCount == 1 else {
            throw BrokenLine(offset: lineLength, reason: "`payload` and `payload_base64` are both there")
        }
        return ImportedMessage(
            message: RecordedMessage(
                sequence: 0, session: 0, arrival: time, monotonic: time.nanoseconds, topic: topic, payload: payload,
                qos: qos, retain: retain, dup: dup, redactions: redactions,
                properties: properties),
            sequence: sequence, session: session, duplicateOf: duplicateOf)
    }
}

extension MessageKey {
    /// The key that a token names.
    fileprivate init?(_ token: JSONToken, _ line: Span<UInt8>) {
        if token.hasEscapes {
            self.init(token.string(in: line).utf8Span.span)
        } else {
            self.init(line.extracting(token.range))
        }
    }
}
