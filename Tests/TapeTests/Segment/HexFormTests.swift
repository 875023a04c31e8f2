import TestSupport
import Testing

@testable import Tape

struct HexFormTests {
    @Test func `digits are packed two a byte`() {
        let form = HexForm(digits: 10, isUpperCase: false, isQuoted: true)
        var packed: [UInt8] = [1]
        let fits = form.parse(Array("\"8eb96c9901\"".utf8).span, into: &packed)
        #expect(fits)
        #expect(packed == [1, 0x8e, 0xb9, 0x6c, 0x99, 0x01])
    }

    @Test(arguments: [
        "8eb96c99", "8eb96c990", "8eb96c99011", "8EB96C9901", "8eb96c990g", "8eb96c9/01", "8eb96c99:1", "`eb96c9901",
        "",
    ])
    func `any other spelling leaves nothing behind`(token: String) {
        let form = HexForm(digits: 10, isUpperCase: false, isQuoted: false)
        var packed: [UInt8] = [1]
        let fits = form.parse(Array(token.utf8).span, into: &packed)
        #expect(!fits)
        #expect(packed == [1])
    }

    @Test func `every byte but a digit of the right case is refused at every place`() {
        for isUpperCase in [false, true] {
            let form = HexForm(digits: 12, isUpperCase: isUpperCase, isQuoted: false)
            let digits = Array((isUpperCase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
            for place in 0..<12 {
                for byte in UInt8.min...UInt8.max {
                    var token = Array(repeating: UInt8(0x30), count: 12)
                    token[place] = byte
                    #expect((TokenForm.hex(form).reprint(token) == token) == digits.contains(byte))
                }
            }
        }
    }

    @Test func `every count of digits comes back in both cases`() {
        var generator = SeededGenerator(seed: 1)
        for digits in stride(from: 2, through: 256, by: 2) {
            for isUpperCase in [false, true] {
                let form = HexForm(digits: digits, isUpperCase: isUpperCase, isQuoted: digits % 4 == 0)
                let packed = (0..<form.packedCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
                var output: [UInt8] = []
                output.append(addingCapacity: 300) { form.append(packed.span, to: &$0) }
                var back: [UInt8] = []
                let fits = form.parse(output.span, into: &back)
                #expect(fits)
                #expect(back == packed)
                let text = packed.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: isUpperCase) }.joined()
                #expect(String(decoding: output, as: UTF8.self) == (form.isQuoted ? "\"\(text)\"" : text))
            }
        }
    }

    @Test func `missing bytes print as zeros and more are left out`() {
        let form = HexForm(digits: 10, isUpperCase: false, isQuoted: false)
        for (packed, text) in [([], "0000000000"), ([0xab], "ab00000000"), ([1, 2, 3, 4, 5, 6], "0102030405")]
            as [([UInt8], String)]
        {
            var output: [UInt8] = []
            output.append(addingCapacity: 300) { form.append(packed.span, to: &$0) }
            #expect(String(decoding: output, as: UTF8.self) == text)
        }
    }

    @Test func `what is read is printed as it was`() {
        for digits in [2, 8, 16] {
            for isQuoted in [false, true] {
                let form = HexForm(digits: digits, isUpperCase: isQuoted, isQuoted: isQuoted)
                FormToken.expectExact(.hex(form), seed: UInt64(digits))
            }
        }
    }

    @Test func `counts out of range are brought into it`() {
        #expect(HexForm(digits: 999, isUpperCase: false, isQuoted: false).digits == 256)
        #expect(HexForm(digits: -7, isUpperCase: false, isQuoted: false).digits == 2)
        #expect(HexForm(digits: 7, isUpperCase: false, isQuoted: false).digits == 6)
    }
}
