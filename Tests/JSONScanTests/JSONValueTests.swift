import JSONScan
import TestSupport
import Testing

@Suite struct JSONValueTests {
    @Test func `order, repeats and spelling are kept`() throws {
        let text = #"{"b":1.0,"a":-0,"b":[1e400,{}],"c":"é\u0001\"","":null}"#
        let value = try JSONValue.parse(Array(text.utf8))
        #expect(value.description == text)
        #expect(value["b"]?.elements?.count == 2)
        #expect(value["a"]?.number?.int64 == 0)
        #expect(value["a"]?.number?.double.sign == .minus)
        #expect(value["b"]?.elements?[0].number?.double == .infinity)
    }

    @Test func `names are compared by bytes`() throws {
        let value = try JSONValue.parse(Array("{\"\u{E9}\":1}".utf8))
        #expect(value["\u{E9}"] != nil)
        #expect(value["e\u{301}"] == nil)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test func `a lone surrogate becomes a replacement character`() throws {
        let value = try JSONValue.parse(Array(#""a\ud800b\udfff\ud83d\ude00""#.utf8))
        #expect(value.string == "a\u{FFFD}b\u{FFFD}\u{1F600}")
    }

    @Test func `random trees come back`() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let value = RandomJSON.value(depth: 4, using: &random)
            var bytes: [UInt8] = [0]
            value.appendJSON(to: &bytes)
            #expect(bytes[0] == 0)
            #expect(try JSONValue.parse(Array(bytes[1...])) == value)
        }
    }

    @Test func `mutated bytes never crash and what is accepted comes back`() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            RandomJSON.value(depth: 3, using: &random).appendJSON(to: &bytes)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(Array(#"{}[]",:\-.e0"#.utf8).randomElement(using: &random) ?? 0, at: index)
                }
            }
            if let value = try? JSONValue.parse(bytes) {
                var again: [UInt8] = []
                value.appendJSON(to: &again)
                #expect(try JSONValue.parse(again) == value)
            }
        }
    }
}

@Suite struct JSONNumberTests {
    @Test func `every double reads as the standard library reads it`() {
        var random = SeededGenerator(seed: 3)
        var texts = [
            "0", "-0.0", "9007199254740993", "1e22", "1e23", "4.9e-324", "2.2250738585072011e-308", "1e-400", "1E+5",
            "0.1", "123456789012345678901234567890", "1e99999999999999999999", "0e99999999999999999999", "8.5e-023",
            "0.000000000000000000000000000000000001", "179769313486231580793728971405301e276",
        ]
        for _ in 0..<20_000 {
            let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
            if value.isFinite { texts.append(value.description) }
            let mantissa = Int64.random(in: -99_999_999_999...99_999_999_999, using: &random)
            texts.append(
                "\(mantissa).\(Int.random(in: 0...99_999, using: &random))e\(Int.random(in: -40...40, using: &random))")
        }
        for text in texts {
            #expect(JSONNumber(text)?.double.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }

    @Test func `integers are exact or absent`() {
        #expect(JSONNumber("9223372036854775807")?.int64 == .max)
        #expect(JSONNumber("-9223372036854775808")?.int64 == .min)
        #expect(JSONNumber("9223372036854775808")?.int64 == nil)
        #expect(JSONNumber("1.0")?.int64 == nil)
        #expect(JSONNumber("1.0")?.isInteger == false)
        #expect(JSONNumber("01") == nil)
        #expect(JSONNumber(" 1") == nil)
        #expect(JSONNumber("") == nil)
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(0.1)?.text == "0.1")
        #expect(JSONNumber(-5 as Int8).int64 == -5)
    }
}

@Suite struct JSONWriterTests {
    @Test func `commas stand where they belong`() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.int(1)
        writer.beginObject()
        writer.endObject()
        writer.bool(false)
        writer.endArray()
        writer.key("b")
        writer.null()
        writer.key("c")
        writer.double(1.5)
        writer.key("d")
        writer.raw("[0]".utf8)
        writer.endObject()
        writer.newline()
        writer.double(.nan)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[1,{},false],"b":null,"c":1.5,"d":[0]}"# + "\nnull")
        writer = JSONWriter()
        writer.int(Int64.min)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "-9223372036854775808")
    }

    @Test func `strings are escaped no more than needed`() {
        var writer = JSONWriter()
        writer.string("\"\\\u{8}\t\n\u{c}\r\u{0}\u{1f}/\u{7f}é\u{1F600}\u{2028}")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #""\"\\\b\t\n\f\r\u0000\u001f/"# + "\u{7f}é\u{1F600}\u{2028}\"")
        writer = JSONWriter()
        let broken: [UInt8] = [0x61, 0xFF, 0xC3]
        writer.string(utf8: broken.span)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"a\u{FFFD}\u{FFFD}\"")
    }
}
