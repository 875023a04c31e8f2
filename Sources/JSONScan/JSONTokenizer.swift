/// Cuts a JSON text into tokens, one at a time, without allocating.
///
/// Strict after RFC 8259: no comments, no trailing commas, no `NaN`, no byte order mark, exactly one value. UTF-8 and
/// escapes are checked. An escaped surrogate without its partner is legal by the grammar (RFC 8259 §8.2), so it is
/// let through and marked in ``JSONToken/hasLoneSurrogate``.
///
/// ```swift
/// var tokenizer = JSONTokenizer()
/// while let token = try tokenizer.next(in: bytes.span) { … }
/// ```
public struct JSONTokenizer: Sendable {
    /// The deepest nesting that any tokeniser follows.
    public static let maximumDepth = 512

    /// Where the next token begins, white space aside; in bytes from the start of the text.
    public internal(set) var offset = 0
    /// How many objects and arrays are open.
    public private(set) var depth = 0

    private let depthLimit: Int
    private var state = State.value
    private var failure: JSONError?
    /// Whether the innermost open container is an object.
    private var isInObject = false
    /// For each open container, outermost first, a bit that is set when it is an object.
    private var objects = InlineArray<8, UInt64>(repeating: 0)

    /// What may come next.
    private enum State {
        case value
        case valueOrEnd
        case keyOrEnd
        case commaOrEnd
        case endOfText
        case failed
    }

    /// Starts at the first byte of a text.
    ///
    /// - Parameter depthLimit: how many objects and arrays may be open at once, at most ``maximumDepth``.
    public init(depthLimit: Int = maximumDepth) {
        self.depthLimit = max(0, min(depthLimit, Self.maximumDepth))
    }

    /// The next token, or nil when the one value of the text is complete and only white space followed.
    ///
    /// - Parameter bytes: the whole text, the same in each call.
    /// - Returns: the token, nil at the end of the text.
    /// - Throws: ``JSONError`` where the bytes are no JSON; every later call throws again.
    public mutating func next(in bytes: Span<UInt8>) throws(JSONError) -> JSONToken? {
        do {
            return try advance(in: bytes)
        } catch {
            state = .failed
            failure = error
            throw error
        }
    }

    @inline(__always)
    private mutating func advance(in bytes: Span<UInt8>) throws(JSONError) -> JSONToken? {
        guard let byte = peek(in: bytes) else {
            if case .endOfText = state { return nil }
            throw unexpected
        }
        switch state {
        case .value:
            return try value(byte, in: bytes)
        case .valueOrEnd:
            return byte == UInt8(ascii: "]") ? close(.endArray) : try value(byte, in: bytes)
        case .keyOrEnd:
            return byte == UInt8(ascii: "}") ? close(.endObject) : try key(byte, in: bytes)
        case .commaOrEnd:
            return try commaOrEnd(byte, in: bytes)
        case .endOfText, .failed:
            throw unexpected
        }
    }

    /// Skips the rest of the container that was opened last, its end included; does nothing at depth 0.
    ///
    /// - Parameter bytes: the whole text.
    /// - Throws: ``JSONError`` as ``next(in:)`` does.
    public mutating func skipContainer(in bytes: Span<UInt8>) throws(JSONError) {
        let outer = depth - 1
        guard outer >= 0 else { return }
        while depth > outer, try next(in: bytes) != nil {}
    }

    private mutating func commaOrEnd(_ byte: UInt8, in bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        if byte == UInt8(ascii: ",") {
            offset += 1
            guard let next = peek(in: bytes) else {
                throw JSONError(offset: offset, expected: isInObject ? .key : .value)
            }
            return isInObject ? try key(next, in: bytes) : try value(next, in: bytes)
        }
        if isInObject, byte == UInt8(ascii: "}") { return close(.endObject) }
        if !isInObject, byte == UInt8(ascii: "]") { return close(.endArray) }
        throw unexpected
    }

    private mutating func value(_ byte: UInt8, in bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        switch byte {
        case UInt8(ascii: "\""):
            return finish(try string(.string, in: bytes))
        case UInt8(ascii: "{"):
            return try open(.beginObject)
        case UInt8(ascii: "["):
            return try open(.beginArray)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return finish(try number(in: bytes))
        case UInt8(ascii: "t"):
            return finish(try word("true", .true, in: bytes))
        case UInt8(ascii: "f"):
            return finish(try word("false", .false, in: bytes))
        case UInt8(ascii: "n"):
            return finish(try word("null", .null, in: bytes))
        case 0xEF where offset == 0 && bytes.count >= 3 && bytes[1] == 0xBB && bytes[2] == 0xBF:
            throw JSONError(offset: 0, expected: .noByteOrderMark)
        default:
            throw JSONError(offset: offset, expected: .value)
        }
    }

    private mutating func key(_ byte: UInt8, in bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        guard byte == UInt8(ascii: "\"") else {
            if case .keyOrEnd = state { throw JSONError(offset: offset, expected: .keyOrEnd) }
            throw JSONError(offset: offset, expected: .key)
        }
        let token = try string(.key, in: bytes)
        guard peek(in: bytes) == UInt8(ascii: ":") else { throw JSONError(offset: offset, expected: .colon) }
        offset += 1
        state = .value
        return token
    }

    private mutating func open(_ kind: JSONToken.Kind) throws(JSONError) -> JSONToken {
        guard depth < depthLimit else { throw JSONError(offset: offset, expected: .lessDepth) }
        let bit: UInt64 = 1 << UInt64(depth & 63)
        isInObject = kind == .beginObject
        if isInObject {
            objects[depth >> 6] |= bit
            state = .keyOrEnd
        } else {
            objects[depth >> 6] &= ~bit
            state = .valueOrEnd
        }
        depth += 1
        offset += 1
        return JSONToken(kind: kind, start: offset - 1, end: offset)
    }

    private mutating func close(_ kind: JSONToken.Kind) -> JSONToken {
        depth -= 1
        offset += 1
        if depth > 0 {
            let index = depth - 1
            isInObject = objects[index >> 6] >> UInt64(index & 63) & 1 == 1
        }
        return finish(JSONToken(kind: kind, start: offset - 1, end: offset))
    }

    private mutating func finish(_ token: JSONToken) -> JSONToken {
        state = depth == 0 ? .endOfText : .commaOrEnd
        return token
    }

    /// Skips white space (RFC 8259 §2) and gives the byte behind it without consuming it.
    @inline(__always)
    private mutating func peek(in bytes: Span<UInt8>) -> UInt8? {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            offset += 1
        }
        return nil
    }

    /// The error for a byte, or the end, that the current state does not allow.
    private var unexpected: JSONError {
        switch state {
        case .value, .valueOrEnd: JSONError(offset: offset, expected: .value)
        case .keyOrEnd: JSONError(offset: offset, expected: .keyOrEnd)
        case .commaOrEnd: JSONError(offset: offset, expected: isInObject ? .commaOrObjectEnd : .commaOrArrayEnd)
        case .endOfText: JSONError(offset: offset, expected: .endOfText)
        case .failed: failure ?? JSONError(offset: offset, expected: .value)
        }
    }
}
