import DeviceProtocol
import MQTTWire
import TestSupport
import Testing

@testable import Tape

@Suite struct ShapeScannerTests {
    /// A message's template, and its values one by one; a list is its elements in brackets.
    private func scan(
        _ payload: [UInt8], _ properties: PublishProperties = PublishProperties(), opaque: Bool = false
    ) throws -> (template: Template, values: [String], printed: [UInt8]) {
        var message = RecordedMessage.plain("v1/device/a/telemetry", at: 0)
        message.payload = payload
        message.properties = properties
        var block = MessageBlock(firstSequence: 1)
        block.append(message, clock: 1)
        var scanner = ShapeScanner()
        scanner.scan(block.rows[0], kind: .telemetry, in: block.bytes.span, opaque: opaque)
        let template = try Template(scanner.template)
        #expect(template.bytes == scanner.template)
        #expect(scanner.values.count == template.slotCount)
        func text(_ range: ByteRange) -> [UInt8] { Array(block.bytes[range.range]) }
        var printed: [UInt8] = []
        var values: [String] = []
        for (part, first) in [(template.properties, 0), (template.payload, template.properties.slots.count)] {
            for (index, slot) in part.slots.enumerated() {
                printed += part.literals[index]
                let value = scanner.values[first + index]
                var bytes = text(value)
                switch slot {
                case .scalar, .opaque: break
                case .list(let separator):
                    let elements = scanner.elements[value.range].map(text)
                    bytes = Array(elements.joined(separator: separator))
                    values.append("[\(elements.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|"))]")
                case .lengthPrefixed: printed += [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
                case .fixed(let count): #expect(bytes.count == count)
                }
                if case .list = slot {} else { values.append(String(decoding: bytes, as: UTF8.self)) }
                printed += bytes
            }
            printed += part.literals[part.slots.count]
        }
        #expect(printed == properties.bytes + payload)
        return (template, values, printed)
    }

    private func values(_ text: String) throws -> [String] { try scan(Array(text.utf8)).values }

    @Test func `template and values together are the message, whatever it is`() throws {
        for seed in UInt64(0)..<40 {
            var messages = RandomMessages(seed: 5_000 + seed)
            for draft in messages.drafts(20) {
                _ = try scan(draft.message.payload, draft.message.properties)
                _ = try scan(draft.message.payload, draft.message.properties, opaque: true)
            }
        }
    }

    @Test func `scalars become values as they are written`() throws {
        #expect(try values(#"{"a": 1.50, "b" : "x\n", "c":{"d":null}}"#) == ["1.50", #""x\n""#, "null"])
        #expect(try values("-0") == ["-0"])
        #expect(try values(#"{"a":1,"a":2}"#) == ["1", "2"])
    }

    @Test func `an array of scalars is one value where its elements lie evenly`() throws {
        #expect(try values("[1,2,3]") == ["[1|2|3]"])
        #expect(try values("[1, 2, 3]") == ["[1|2|3]"])
        #expect(try values("[1,2, 3]") == ["1", "2", "3"])
        #expect(try values(#"{"a":[],"b":[ ],"c":[1]}"#) == ["[]", "[]", "[1]"])
        #expect(try values(#"[[1,2],[3],{"a":[4]}]"#) == ["[1|2]", "[3]", "[4]"])
        #expect(try values(#"[1,[2],3]"#) == ["1", "[2]", "3"])
    }

    @Test func `messages that differ in values and in the length of arrays alone share a template`() throws {
        func template(_ text: String) throws -> Template { try scan(Array(text.utf8)).template }
        for (comma, colon) in [(",", ":"), (", ", ": ")] {
            let texts = ["", "1", "1\(comma)2", "\"a\"\(comma)null\(comma)3"].map {
                #"{"t"\#(colon)1\#(comma)"v"\#(colon)[\#($0)]}"#
            }
            #expect(Set(try texts.map(template)).count == 1)
        }
        #expect(try template(#"{"a":1}"#) == template(#"{"a":"x"}"#))
        #expect(try template(#"{"a":1}"#) != template(#"{"a": 1}"#))
        #expect(try template(#"{"a":1}"#) != template(#"{"b":1}"#))
        let lists = ["[\n  1\n]", "[\n  1,\n  2\n]", "[\n  1,\n  2,\n  3\n]"]
        #expect(Set(try lists.map(template)).count == 1)
    }

    @Test func `what is no JSON, or too much of it, is one value`() throws {
        let wide = "{\((0...ShapeScanner.slotLimit).map { "\"k\($0)\":0" }.joined(separator: ","))}"
        let long = "\"\(String(repeating: "x", count: ShapeScanner.sizeLimit))\""
        for text in [#"{"a":1"#, "abc", " ", "[1,]", "\u{feff}{}", wide, long] {
            let scanned = try scan(Array(text.utf8))
            #expect(scanned.template.payload.slots == [.opaque])
            #expect(scanned.values == [text])
        }
        let limit = "{\((0..<ShapeScanner.slotLimit).map { "\"k\($0)\":0" }.joined(separator: ","))}"
        #expect(try scan(Array(limit.utf8)).template.payload.slots.count == ShapeScanner.slotLimit)
    }

    @Test func `values of properties are cut out, their names are not`() throws {
        let scanned = try scan(
            [],
            PublishProperties([
                .userProperty(name: "n", value: "v"), .userProperty(name: "n", value: ""), .messageExpiryInterval(65),
                .payloadFormatIndicator(1), .topicAlias(3), .contentType("json"), .responseTopic("r"),
                .correlationData([66]), .subscriptionIdentifier(300_000),
            ]))
        #expect(scanned.values == ["v", "", "\u{0}\u{0}\u{0}A", "json", "r", "B", ""])
        #expect(
            scanned.template.properties.slots == [
                .lengthPrefixed, .lengthPrefixed, .fixed(4), .lengthPrefixed, .lengthPrefixed, .lengthPrefixed,
            ])
    }

    // MARK: Patterns

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what is cut after a pattern is cut as it would be without`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var block = MessageBlock(firstSequence: 1)
        for _ in 0..<8 {
            let shape = RandomPayload.shape(depth: 3, using: &random)
            let style = RandomPayload.Style.all.randomElement(using: &random) ?? RandomPayload.Style.all[0]
            for number in 0..<8 {
                var payload = shape.print(number, style, using: &random)
                // Now and then a byte is another one.
                if number % 3 == 2, let index = payload.indices.randomElement(using: &random) {
                    payload[index] = UInt8.random(in: 32...126, using: &random)
                }
                var message = RecordedMessage.plain("v1/device/a/telemetry", at: 0)
                message.payload = payload
                block.append(message, clock: 1)
            }
        }
        try expectSameCuts(block)
    }

    @Test(arguments: [
        #"{"a":01}"#, #"{"a":1.}"#, #"{"a":-}"#, #"{"a":.5}"#, #"{"a":1e5}"#, #"{"a":tru}"#, #"{"a":truex}"#,
        #"{"a":"x}"#,
        #"{"a":"\q"}"#, "{\"a\":\"\u{1}\"}", #"{"a":[]}"#, #"{"a":{}}"#, #"{"a":1}x"#, #"{"a":}"#, #"{"a"}"#, "",
        #"{"a":"é"}"#, #"{"a":null}"#, #"{"a":-0}"#, #"{"a":12"#,
    ])
    func `what does not fit the pattern is not cut after it`(payload: String) throws {
        var block = MessageBlock(firstSequence: 1)
        for text in [#"{"a":1}"#, payload, #"{"a":2}"#] {
            var message = RecordedMessage.plain("v1/device/a/telemetry", at: 0)
            message.payload = Array(text.utf8)
            block.append(message, clock: 1)
        }
        try expectSameCuts(block)
    }

    /// Cuts each message after the one before, if that has a pattern, and by itself.
    private func expectSameCuts(_ block: MessageBlock) throws {
        var guided = ShapeScanner()
        var pattern: ShapeScanner.Pattern?
        var template: [UInt8] = []
        for row in block.rows {
            var plain = ShapeScanner()
            plain.scan(row, kind: .telemetry, in: block.bytes.span)
            let first = guided.values.count
            if let before = pattern, let own = guided.scan(row, like: before, in: block.bytes.span) {
                pattern = own
                #expect(Array(guided.values[first...]) == plain.values)
            } else {
                #expect(guided.values.count == first)
                guided.scan(row, kind: .telemetry, in: block.bytes.span)
                pattern = guided.pattern
                template = guided.template
            }
            #expect(template == plain.template)
        }
    }
}
