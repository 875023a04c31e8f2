import Glibc
import JSONScan
import MQTTWire

/// Reads the `properties` of lines.
///
/// Implementation note: a device repeats its properties in each of its messages, so that they are parsed once for
/// every different text.
struct PropertiesParser {
    private struct Seen {
        var literal: [UInt8]
        var result: PublishProperties
    }

    private var seen: [Int: Seen] = [:]
    /// Enough for the devices of a fleet that are active at a time; then it begins anew.
    private static let seenLimit = 4_096
    /// Longer ones are not remembered, so that the memory of all is bounded, in bytes.
    private static let seenSize = 4_096

    /// Reads the object in `range` of a line.
    ///
    /// - Throws: ``BrokenLine``.
    mutating func parse(
        _ range: Range<Int>, _ line: Span<UInt8>, _ ignored: inout IgnoredKeys
    ) throws(BrokenLine) -> PublishProperties {
        let literal = line.extracting(range)
        let hash = Self.hash(literal)
        if let known = seen[hash], Self.equal(known.literal, literal) { return known.result }
        var result = PublishProperties()
        do {
            let isPlain = try Self.object(literal, &result, &ignored)
            // What has keys to be counted is read each time.
            guard isPlain, literal.count <= Self.seenSize else { return result }
        } catch {
            throw BrokenLine(offset: range.lowerBound + error.offset, reason: error.reason)
        }
        if seen.count >= Self.seenLimit { seen.removeAll(keepingCapacity: true) }
        seen[hash] = Seen(literal: Array(copying: literal), result: result)
        return result
    }

    /// Reads an object of properties; whether all of its keys are known.
    private static func object(
        _ text: Span<UInt8>, _ properties: inout PublishProperties, _ ignored: inout IgnoredKeys
    ) throws(BrokenLine) -> Bool {
        var tokens = LineTokens()
        guard let first = try tokens.next(text), first.kind == .beginObject else {
            throw BrokenLine(offset: 0, reason: "`properties` is no object")
        }
        var isPlain = true
        while let key = try tokens.next(text), key.kind == .key {
            let value = try tokens.required(text)
            switch key.string(in: text) {
            case "user": try user(value, &tokens, text, &properties)
            case "subscription_ids": try subscriptions(value, &tokens, text, &properties)
            case "response_topic":
                properties.append(.responseTopic(try self.text(value, "`response_topic`", text)))
            case "content_type":
                properties.append(.contentType(try self.text(value, "`content_type`", text)))
            case "correlation_data_base64":
                properties.append(
                    .correlationData(try value.base64("correlation_data_base64", most: longestField, text)))
            case "payload_format":
                properties.append(.payloadFormatIndicator(UInt8(try value.integer("payload_format", 0...255, text))))
            case "message_expiry":
                let seconds = try value.integer("message_expiry", 0...Int64(UInt32.max), text)
                properties.append(.messageExpiryInterval(UInt32(seconds)))
            case "topic_alias":
                properties.append(.topicAlias(UInt16(try value.integer("topic_alias", 0...65_535, text))))
            case let name:
                isPlain = false
                ignored.count("properties.\(name)")
                _ = try tokens.literal(value, text)
            }
        }
        return isPlain
    }

    /// Pairs of name and value.
    private static func user(
        _ first: JSONToken, _ tokens: inout LineTokens, _ text: Span<UInt8>, _ properties: inout PublishProperties
    ) throws(BrokenLine) {
        let complaint = #"`user` is no list of pairs like ["name","value"]"#
        guard first.kind == .beginArray else { throw BrokenLine(offset: first.start, reason: complaint) }
        while true {
            let pair = try tokens.required(text)
            if pair.kind == .endArray { return }
            guard pair.kind == .beginArray else { throw BrokenLine(offset: pair.start, reason: complaint) }
            let name = try tokens.required(text)
            guard name.kind == .string else { throw BrokenLine(offset: name.start, reason: complaint) }
            let value = try tokens.required(text)
            guard value.kind == .string else { throw BrokenLine(offset: value.start, reason: complaint) }
            let end = try tokens.required(text)
            guard end.kind == .endArray else { throw BrokenLine(offset: end.start, reason: complaint) }
            properties.append(
                .userProperty(
                    name: try self.text(name, "a name in `user`", text),
                    value: try self.text(value, "a value in `user`", text)))
        }
    }

    private static func subscriptions(
        _ first: JSONToken, _ tokens: inout LineTokens, _ text: Span<UInt8>, _ properties: inout PublishProperties
    ) throws(BrokenLine) {
        guard first.kind == .beginArray else {
            throw BrokenLine(offset: first.start, reason: "`subscription_ids` is no list of numbers")
        }
        while true {
            let value = try tokens.required(text)
            if value.kind == .endArray { return }
            // MQTT 5.0 §3.3.2.3.8.
            let identifier = try value.integer("subscription_ids", 0...268_435_455, text)
            properties.append(.subscriptionIdentifier(UInt32(identifier)))
        }
    }

    /// Bytes of a text or of binary data at most (MQTT 5.0 §1.5.4, §1.5.6).
    private static let longestField = 65_535

    private static func text(_ token: JSONToken, _ name: StaticString, _ bytes: Span<UInt8>) throws(BrokenLine)
        -> String
    {
        guard let text = try token.text(bytes), text.utf8.count <= longestField else {
            throw BrokenLine(offset: token.start, reason: "\(name) is no text of at most \(longestField) bytes")
        }
        return text
    }

    private static func hash(_ bytes: Span<UInt8>) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    private static func equal(_ known: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        guard known.count == bytes.count else { return false }
        return known.withUnsafeBytes { known in
            bytes.withUnsafeBytes { bytes in
                guard let left = known.baseAddress, let right = bytes.baseAddress else { return true }
                return memcmp(left, right, bytes.count) == 0
            }
        }
    }
}
