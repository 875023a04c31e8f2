import JSONScan
import MQTTWire
import Tape
import TestSupport
import Testing

@testable import Recorder

/// Random payloads with random secrets in them, and the same payloads broken.
@Suite struct RedactionPropertyTests {
    private static let key = "5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0"

    @Test func `any JSON keeps its shape and every byte that is no secret`() throws {
        var random = SeededGenerator(seed: 1)
        var bench = try RedactionBench()
        bench.present(Self.key)
        for round in 0..<3_000 {
            var writer = SecretivePayload(redactor: bench.redactor, key: Self.key)
            writer.value(depth: 4, &random)
            var (text, expected) = (writer.text, writer.expected)
            if round.isMultiple(of: 3) { (text, expected) = (Self.quoted(text), Self.quoted(expected)) }
            var message = RedactionBench.message("v1/device/a/config", text)
            bench.redactor.redact(&message)
            guard message.payload == expected else {
                Issue.record(
                    """
                    \(String(decoding: text, as: UTF8.self))
                    \(String(decoding: message.payload, as: UTF8.self))
                    \(String(decoding: expected, as: UTF8.self))
                    """)
                return
            }
            #expect(message.redactions == writer.count)
            #expect(try Self.shape(text) == Self.shape(message.payload))
            for secret in writer.secrets { #expect(!Self.contains(message.payload, secret)) }
        }
    }

    @Test func `broken bytes never crash, and a known key never gets through`() throws {
        var random = SeededGenerator(seed: 2)
        var bench = try RedactionBench(names: ["x"], pointers: ["/a/0"])
        bench.present(Self.key)
        bench.present("sh0rt-key")
        let key = Array(Self.key.utf8)
        for _ in 0..<6_000 {
            var writer = SecretivePayload(redactor: bench.redactor, key: Self.key)
            writer.value(depth: 3, &random)
            var bytes = writer.text
            for _ in 0..<Int.random(in: 1...6, using: &random) { Self.damage(&bytes, &random) }
            let topic =
                ["v1/device/a/config", "v1/device/a/license", "v1/device/a/update", "x"]
                .randomElement(using: &random) ?? "x"
            var message = RedactionBench.message(
                topic, bytes,
                [.userProperty(name: "meta", value: String(decoding: bytes.prefix(60_000), as: UTF8.self))])
            bench.redactor.redact(&message)
            #expect(!Self.contains(message.payload, key))
            #expect(!Self.contains(message.properties.bytes, key))
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1 where !bytes.isEmpty: bytes.removeSubrange(place..<min(bytes.count, place + 9))
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.insert(contentsOf: "\"{[:,]}\\\0".utf8.shuffled(using: &random), at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(utf8: text.span)
        return writer.bytes
    }

    /// Kinds of tokens and their nesting, into texts that hold JSON.
    private static func shape(_ text: [UInt8]) throws -> [JSONToken.Kind] {
        var tokenizer = JSONTokenizer()
        var kinds: [JSONToken.Kind] = []
        while let token = try tokenizer.next(in: text.span) {
            kinds.append(token.kind)
            if token.kind == .string, let inner = try? shape(Array(token.string(in: text.span).utf8)) { kinds += inner }
        }
        return kinds
    }

    static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...bytes.count - part.count).contains { bytes[$0...].starts(with: part) }
    }
}

/// Writes a random payload and, beside it, what redaction must make of it.
private struct SecretivePayload {
    let redactor: Redactor
    let key: String
    var text: [UInt8] = []
    var expected: [UInt8] = []
    var secrets: [[UInt8]] = []
    var count = 0

    init(redactor: Redactor, key: String) {
        self.redactor = redactor
        self.key = key
    }

    mutating func value(depth: Int, isSecret: Bool = false, _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: put(["null", "true", "false"].randomElement(using: &random) ?? "null")
        case 1: number(isSecret, &random)
        case 2, 3, 4: string(isSecret, &random)
        case 5: array(depth, isSecret, &random)
        default: object(depth, isSecret, &random)
        }
    }

    private mutating func array(_ depth: Int, _ isSecret: Bool, _ random: inout SeededGenerator) {
        put("[")
        for place in 0..<Int.random(in: 0...4, using: &random) {
            put(place > 0 ? "," : "")
            space(&random)
            value(depth: depth - 1, isSecret: isSecret, &random)
        }
        put("]")
    }

    private mutating func object(_ depth: Int, _ isSecret: Bool, _ random: inout SeededGenerator) {
        put("{")
        for place in 0..<Int.random(in: 0...5, using: &random) {
            put(place > 0 ? "," : "")
            space(&random)
            let named = Int.random(in: 0..<3, using: &random) == 0
            let names =
                named
                ? ["password", "WIFI_PSK", "api-Key", "client secret", "Passphrases"]
                : ["status", "temp", "x-y", "ключ", "keyboard", "password_age", "tokenizer"]
            literal(names.randomElement(using: &random) ?? "x", &random)
            space(&random)
            put(":")
            space(&random)
            value(depth: depth - 1, isSecret: isSecret || named, &random)
        }
        put("}")
    }

    private mutating func number(_ isSecret: Bool, _ random: inout SeededGenerator) {
        let number = ["0", "-1", "12345678", "1.50", "2e9", "0.25", "-70.0E-3"].randomElement(using: &random) ?? "0"
        guard isSecret else { return put(number) }
        count += 1
        text += number.utf8
        expected += redactor.number(for: Array(number.utf8))
    }

    private mutating func string(_ isSecret: Bool, _ random: inout SeededGenerator) {
        if isSecret {
            let secret = (0..<Int.random(in: 8...40, using: &random)).map { _ in
                Self.letters.randomElement(using: &random) ?? "x"
            }
            var bytes: [UInt8] = []
            literal(String(String.UnicodeScalarView(secret)), &random, into: &bytes)
            text += bytes
            expected +=
                "\"".utf8 + redactor.placeholder(of: Array(String(String.UnicodeScalarView(secret)).utf8)) + "\"".utf8
            secrets.append(Array(bytes.dropFirst().dropLast()))
            count += 1
            return
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: planted(&random)
        case 1:
            put("\"https://h/p?a=1&sig=")
            let secret = "s1g-\(UInt64.random(in: 0...UInt64.max, using: &random))"
            text += secret.utf8
            expected += redactor.placeholder(of: Array(secret.utf8))
            secrets.append(Array(secret.utf8))
            count += 1
            put("&expires=7 x\"")
        default:
            literal(["online", "", "a b\n\"c\\", "übel 🎛", "v1/device/a"].randomElement(using: &random) ?? "", &random)
        }
    }

    /// A text with the known key in it.
    private mutating func planted(_ random: inout SeededGenerator) {
        put("\"..")
        var bytes: [UInt8] = []
        literal(key, &random, into: &bytes)
        text += bytes.dropFirst().dropLast()
        expected += redactor.placeholder(of: Array(key.utf8))
        secrets.append(Array(bytes.dropFirst().dropLast()))
        count += 1
        put("\\u002e\"")
    }

    private static let letters = Array("abcXYZ0189 -_/+=.:\"\\é日🎛\n".unicodeScalars)

    private mutating func put(_ part: String) {
        text += part.utf8
        expected += part.utf8
    }

    private mutating func space(_ random: inout SeededGenerator) {
        put(["", "", " ", "\n\t"].randomElement(using: &random) ?? "")
    }

    private mutating func literal(_ part: String, _ random: inout SeededGenerator) {
        var bytes: [UInt8] = []
        literal(part, &random, into: &bytes)
        text += bytes
        expected += bytes
    }

    /// A string literal, some of its characters as escapes.
    private func literal(_ part: String, _ random: inout SeededGenerator, into bytes: inout [UInt8]) {
        bytes += "\"".utf8
        for scalar in part.unicodeScalars {
            if Int.random(in: 0..<9, using: &random) == 0 || scalar == "\"" || scalar == "\\" || scalar.value < 0x20 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
                }
            } else {
                bytes += String(scalar).utf8
            }
        }
        bytes += "\"".utf8
    }
}
