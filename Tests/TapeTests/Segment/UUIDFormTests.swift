import TestSupport
import Testing

@testable import Tape

struct UUIDFormTests {
    private let text = "e61dc167-36d9-44ab-b95c-cd79b5e34a91"

    @Test func `a UUID becomes its 16 bytes as two numbers`() {
        let form = UUIDForm(isQuoted: false, isUpperCase: false)
        let value = form.parse(Array(text.utf8).span)
        #expect(value?.0 == 0xe61d_c167_36d9_44ab)
        #expect(value?.1 == 0xb95c_cd79_b5e3_4a91)
    }

    @Test func `quotes and case must be the form's`() {
        for isQuoted in [false, true] {
            for isUpperCase in [false, true] {
                let form = TokenForm.uuid(UUIDForm(isQuoted: isQuoted, isUpperCase: isUpperCase))
                for (quotes, upper) in [(false, false), (false, true), (true, false), (true, true)] {
                    let body = upper ? text.uppercased() : text
                    let token = Array((quotes ? "\"\(body)\"" : body).utf8)
                    #expect(form.reprint(token) == (quotes == isQuoted && upper == isUpperCase ? token : nil))
                }
            }
        }
    }

    @Test func `every byte but the right ones is refused at every place`() {
        let form = TokenForm.uuid(UUIDForm(isQuoted: true, isUpperCase: false))
        let digits = Array("0123456789abcdef".utf8)
        let token = Array("\"\(text)\"".utf8)
        for place in token.indices {
            for byte in UInt8.min...UInt8.max {
                var mutated = token
                mutated[place] = byte
                let fits = digits.contains(token[place]) ? digits.contains(byte) : byte == token[place]
                #expect((form.reprint(mutated) == mutated) == fits)
            }
        }
    }

    @Test func `random UUIDs come back`() {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<20_000 {
            let form = UUIDForm(isQuoted: round % 2 == 0, isUpperCase: round % 3 == 0)
            let value = (generator.next(), generator.next())
            var output: [UInt8] = []
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
            let back = form.parse(output.span)
            #expect(back?.0 == value.0 && back?.1 == value.1)
        }
    }

    @Test func `what is read is printed as it was`() {
        FormToken.expectExact(.uuid(UUIDForm(isQuoted: false, isUpperCase: false)), seed: 1)
        FormToken.expectExact(.uuid(UUIDForm(isQuoted: true, isUpperCase: true)), seed: 2)
    }
}
