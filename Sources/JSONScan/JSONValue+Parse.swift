extension JSONValue {
    /// Reads one JSON text.
    ///
    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - depthLimit: how many objects and arrays may be open at once, at most ``JSONTokenizer/maximumDepth``.
    /// - Returns: the value as a tree.
    /// - Throws: ``JSONError`` where the bytes are no JSON.
    public static func parse(
        _ bytes: [UInt8], depthLimit: Int = JSONTokenizer.maximumDepth
    ) throws(JSONError) -> JSONValue {
        try parse(bytes.span, depthLimit: depthLimit)
    }

    /// Reads one JSON text.
    ///
    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - depthLimit: how many objects and arrays may be open at once, at most ``JSONTokenizer/maximumDepth``.
    /// - Returns: the value as a tree.
    /// - Throws: ``JSONError`` where the bytes are no JSON.
    public static func parse(
        _ bytes: Span<UInt8>, depthLimit: Int = JSONTokenizer.maximumDepth
    ) throws(JSONError) -> JSONValue {
        var tokenizer = JSONTokenizer(depthLimit: depthLimit)
        var result = JSONValue.null
        if let token = try tokenizer.next(in: bytes) {
            result = try value(token, &tokenizer, bytes)
        }
        // The text must end here; anything more throws.
        _ = try tokenizer.next(in: bytes)
        return result
    }

    /// The value that begins with `token`.
    ///
    /// Recursion is bounded by the tokeniser's depth limit.
    private static func value(
        _ token: JSONToken, _ tokenizer: inout JSONTokenizer, _ bytes: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        switch token.kind {
        case .string: return .string(token.string(in: bytes))
        case .number: return .number(JSONNumber(checked: JSONEscapes.copy(bytes.extracting(token.range))))
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .beginObject: return .object(try members(&tokenizer, bytes))
        case .beginArray: return .array(try elements(&tokenizer, bytes))
        // The tokeniser gives no key or end where a value belongs.
        case .null, .key, .endObject, .endArray: return .null
        }
    }

    private static func members(
        _ tokenizer: inout JSONTokenizer, _ bytes: Span<UInt8>
    ) throws(JSONError) -> [JSONMember] {
        var members: [JSONMember] = []
        while let name = try tokenizer.next(in: bytes), name.kind == .key {
            guard let token = try tokenizer.next(in: bytes) else { break }
            // Made here and not before the loop: an empty object needs no memory.
            if members.isEmpty { members.reserveCapacity(8) }
            members.append(JSONMember(name.string(in: bytes), try value(token, &tokenizer, bytes)))
        }
        return members
    }

    private static func elements(
        _ tokenizer: inout JSONTokenizer, _ bytes: Span<UInt8>
    ) throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        while let token = try tokenizer.next(in: bytes), token.kind != .endArray {
            elements.append(try value(token, &tokenizer, bytes))
        }
        return elements
    }
}
