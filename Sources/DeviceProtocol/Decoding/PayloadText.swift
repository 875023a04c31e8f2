import JSONScan

/// Gets the JSON value out of a payload in spite of what is around it.
enum PayloadText {
    /// The largest payload that the cloud takes, in bytes (https://dev.xyte.io/reference-link/telemetry).
    static let sizeLimit = 131_072

    /// The value of a payload; nil when there is none, and a finding says why.
    static func value(_ payload: [UInt8], _ findings: inout FindingList) -> JSONValue? {
        if payload.count > sizeLimit { findings.add(.payloadTooLarge(bytes: payload.count)) }
        let range = content(payload, &findings)
        guard !range.isEmpty else {
            findings.add(.emptyPayload)
            return nil
        }
        do throws(JSONError) {
            let value = try JSONValue.parse(payload.span.extracting(range))
            return unwrap(value, &findings)
        } catch {
            findings.add(finding(error, payload, at: range.lowerBound))
            return nil
        }
    }

    /// The bytes without a byte order mark and without NULs at the end.
    private static func content(_ payload: [UInt8], _ findings: inout FindingList) -> Range<Int> {
        let start = payload.count >= 3 && payload[0] == 0xEF && payload[1] == 0xBB && payload[2] == 0xBF ? 3 : 0
        if start > 0 { findings.add(.byteOrderMark) }
        var end = payload.count
        var firstNUL: Int?
        while end > start, payload[end - 1] == 0 || isWhiteSpace(payload[end - 1]) {
            end -= 1
            if payload[end] == 0 { firstNUL = end }
        }
        if let firstNUL { findings.add(.trailingBytes(count: payload.count - firstNUL)) }
        return start..<end
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The value inside of a string that is itself JSON, once; a string in that string stays what it is.
    private static func unwrap(_ value: JSONValue, _ findings: inout FindingList) -> JSONValue {
        guard case .string(let text) = value, let inner = try? JSONValue.parse(text.utf8Span.span) else { return value }
        switch inner {
        case .object, .array:
            findings.add(.doubleEncoded)
            return inner
        case .null, .bool, .number, .string:
            return value
        }
    }

    private static func finding(_ error: JSONError, _ payload: [UInt8], at start: Int) -> Finding {
        if error.expected == .lessDepth { return .tooDeep(at: start + error.offset) }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: payload.span)
        } catch {
            return .notUTF8(at: error.byteOffsets.lowerBound)
        }
        return .invalidJSON(at: start + error.offset, expected: error.expected.rawValue)
    }
}
