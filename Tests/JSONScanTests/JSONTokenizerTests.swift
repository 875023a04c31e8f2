import Testing

@testable import JSONScan

@Suite struct JSONTokenizerTests {
    /// The kinds of all tokens, or the error.
    private func kinds(_ text: String) -> Result<[JSONToken.Kind], JSONError> {
        let bytes = Array(text.utf8)
        var tokenizer = JSONTokenizer()
        var kinds: [JSONToken.Kind] = []
        do throws(JSONError) {
            while let token = try tokenizer.next(in: bytes.span) { kinds.append(token.kind) }
        } catch {
            return .failure(error)
        }
        return .success(kinds)
    }

    @Test func `tokens come in order with their bytes`() throws {
        let text = #" {"a": [1, -2.5e3, "x\n"], "b": {"c": null}, "d": true, "e": false} "#
        let bytes = Array(text.utf8)
        var tokenizer = JSONTokenizer()
        var seen: [String] = []
        while let token = try tokenizer.next(in: bytes.span) {
            seen.append(String(decoding: bytes[token.literalRange], as: UTF8.self))
        }
        #expect(
            seen == [
                "{", #""a""#, "[", "1", "-2.5e3", #""x\n""#, "]", #""b""#, "{", #""c""#, "null", "}", #""d""#, "true",
                #""e""#, "false", "}",
            ])
        #expect(tokenizer.depth == 0)
        let end = try tokenizer.next(in: bytes.span)
        #expect(end == nil)
    }

    @Test func `a token gives its value without a tree`() throws {
        let bytes = Array(#"{"k\u0065y":[12,1.5,-9223372036854775808,9223372036854775808,"a\/b"]}"#.utf8)
        var tokenizer = JSONTokenizer()
        var tokens: [JSONToken] = []
        while let token = try tokenizer.next(in: bytes.span) { tokens.append(token) }
        // A span cannot pass through the macro's closures, so the values are taken before.
        let texts = tokens.map { $0.string(in: bytes.span) }
        let integers = tokens.map { $0.int64(in: bytes.span) }
        let isKey = tokens[1].equals("key", in: bytes.span)
        let isOther = tokens[1].equals("kex", in: bytes.span)
        let double = JSONNumber.double(bytes.span.extracting(tokens[4].range))
        #expect(
            texts == ["{", "key", "[", "12", "1.5", "-9223372036854775808", "9223372036854775808", "a/b", "]", "}"])
        #expect(integers == [nil, nil, nil, 12, nil, .min, nil, nil, nil, nil])
        #expect(isKey && !isOther)
        #expect(double == 1.5)
        for token in tokens {
            // Asking a token for what it is not gives something, but never a trap.
            _ = JSONNumber.double(bytes.span.extracting(token.range))
            _ = token.int64(in: bytes.span)
        }
    }

    @Test(arguments: [
        "0", "-0", "1.5E+10", "1e-7", "\"\"", "[]", "{}", "[[]]", " \t\r\n null \n", #""\u0000\uD83D\uDE00""#,
        #""\ud800""#, #""\udc00 \ud800\ud800 \ud800\u0041""#, "\"\u{10FFFF}\u{7F}\"", #"{"":0,"":1}"#,
    ])
    func `legal texts are accepted`(_ text: String) {
        #expect(throws: Never.self) { try kinds(text).get() }
    }

    @Test(
        arguments: [
            ("", 0, .value), (" ", 1, .value), ("[1,]", 3, .value), ("[1", 2, .commaOrArrayEnd), ("[", 1, .value),
            (#"{"a":1,}"#, 7, .key), (#"{"a" 1}"#, 5, .colon), ("{a:1}", 1, .keyOrEnd), ("{", 1, .keyOrEnd),
            (#"{"a":1]"#, 6, .commaOrObjectEnd), ("[1}", 2, .commaOrArrayEnd), ("1 2", 2, .endOfText),
            ("{} //", 3, .endOfText), ("/**/1", 0, .value), ("NaN", 0, .value), ("Infinity", 0, .value),
            ("nul", 0, .value), ("True", 0, .value), ("01", 1, .endOfText), ("-", 1, .digit), ("+1", 0, .value),
            (".5", 0, .value), ("1.", 2, .digit), ("1.e1", 2, .digit), ("1e", 2, .digit), ("1e+", 3, .digit),
            ("0x1", 1, .endOfText), ("'a'", 0, .value), ("\"a", 2, .stringEnd), (#""\x""#, 2, .escape),
            (#""\u12g4""#, 5, .hexDigit), (#""\u12"#, 5, .hexDigit), ("\"\\", 2, .escape),
            ("\"\n\"", 1, .escapedControl),
            ("\u{FEFF}{}", 0, .noByteOrderMark), ("]", 0, .value), ("1\0", 1, .endOfText), ("\u{A0}1", 0, .value),
            (#""\ud800\u12"#, 11, .hexDigit),
        ] as [(String, Int, JSONError.Expectation)])
    func `an illegal text is refused with place and expectation`(
        _ text: String, _ offset: Int, _ expected: JSONError.Expectation
    ) {
        #expect(kinds(text) == .failure(JSONError(offset: offset, expected: expected)))
    }

    @Test(
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xC1, 0xBF, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF0, 0x80, 0x80, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82], [0x22, 0xFF, 0x22], [0x22, 0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func `ill-formed UTF-8 is refused where it begins`(_ bytes: [UInt8]) {
        #expect(throws: JSONError(offset: 1, expected: .utf8)) { try JSONValue.parse(bytes) }
    }

    @Test func `depth is limited without recursion`() {
        let deep = Array(String(repeating: "[", count: 513).utf8)
        #expect(throws: JSONError(offset: 512, expected: .lessDepth)) { try JSONValue.parse(deep) }
        let fits = String(repeating: #"{"a":["#, count: 256) + String(repeating: "]}", count: 256)
        #expect(throws: Never.self) { try JSONValue.parse(Array(fits.utf8)) }
        #expect(throws: JSONError(offset: 1, expected: .lessDepth)) {
            try JSONValue.parse(Array("[[1]]".utf8), depthLimit: 1)
        }
    }

    @Test func `an error stays an error`() throws {
        let bytes = Array(#"{"a":1,}"#.utf8)
        var tokenizer = JSONTokenizer()
        for _ in 0..<3 { _ = try tokenizer.next(in: bytes.span) }
        for _ in 0..<3 {
            #expect(throws: JSONError(offset: 7, expected: .key)) { _ = try tokenizer.next(in: bytes.span) }
        }
    }

    @Test func `a container can be skipped`() throws {
        let bytes = Array(#"[{"a":[1,{"b":2}],"c":"]"},7]"#.utf8)
        var tokenizer = JSONTokenizer()
        _ = try tokenizer.next(in: bytes.span)
        _ = try tokenizer.next(in: bytes.span)
        try tokenizer.skipContainer(in: bytes.span)
        let value = try tokenizer.next(in: bytes.span)?.int64(in: bytes.span)
        #expect(value == 7)
    }
}
