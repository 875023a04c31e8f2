import JSONScan

extension DeviceTime {
    /// The `timestamp` of a telemetry payload, found without building a tree; for listings.
    ///
    /// The same as ``DecodedMessage/deviceTime`` of a telemetry message with that payload.
    ///
    /// - Parameter payload: the payload of a message of kind ``MessageKind/telemetry``.
    /// - Returns: nil when the payload is no telemetry of one device.
    public static func inTelemetry(_ payload: [UInt8]) -> DeviceTime? {
        guard payload.first == UInt8(ascii: "{"), payload.last == UInt8(ascii: "}") else { return decoded(payload) }
        var tokenizer = JSONTokenizer()
        let bytes = payload.span
        var result = DeviceTime.absent
        var isTelemetry = false
        do throws(JSONError) {
            while let token = try tokenizer.next(in: bytes) {
                guard token.kind == .key, tokenizer.depth == 1 else { continue }
                let found = token.equals("timestamp", in: bytes)
                isTelemetry = isTelemetry || found || token.equals("telemetries", in: bytes)
                if found { result = try time(&tokenizer, bytes) }
            }
        } catch {
            return nil
        }
        // Without a telling member the payload may be a batch or an error, which only its whole shape shows.
        return isTelemetry ? result : decoded(payload)
    }

    private static func time(_ tokenizer: inout JSONTokenizer, _ bytes: Span<UInt8>) throws(JSONError) -> DeviceTime {
        guard let token = try tokenizer.next(in: bytes) else { return .absent }
        switch token.kind {
        case .string: return DeviceTime(text: token.string(in: bytes))
        case .null: return .absent
        case .beginObject, .beginArray:
            try tokenizer.skipContainer(in: bytes)
            let literal = bytes.extracting(token.start..<tokenizer.offset)
            return DeviceTime(try? JSONValue.parse(literal))
        default:
            return DeviceTime(try? JSONValue.parse(bytes.extracting(token.range)))
        }
    }

    private static func decoded(_ payload: [UInt8]) -> DeviceTime? {
        var findings = FindingList()
        guard case .telemetry(let telemetry) = DeviceMessage.decode(.telemetry, payload, &findings) else { return nil }
        return telemetry.timestamp
    }
}
