import DeviceProtocol
import TestSupport
import Testing

@testable import Tape

@Suite struct TemplateTests {
    private let template = Template(
        kind: .telemetry,
        properties: Template.Part(
            literals: [[0x26, 0, 1, 0x6b], [2], []], slots: [.lengthPrefixed, .fixed(4)]),
        payload: Template.Part(
            literals: [Array("{\"a\":".utf8), Array(",\"b\":[".utf8), Array("]}".utf8)],
            slots: [.scalar, .list(separator: Array(", ".utf8))]))

    @Test func `a template is what its bytes say`() throws {
        #expect(try Template(template.bytes) == template)
        #expect(template.slotCount == 4)
        #expect(template[slot: 1] == .fixed(4))
        #expect(template[slot: 2] == .scalar)
    }

    @Test func `the bytes are those of the specification`() {
        let payload = Array("\u{2}\u{5}{\"a\":\u{0}\u{6},\"b\":[\u{1}\u{2}, \u{2}]}".utf8)
        #expect(
            template.bytes == [9] + Array("telemetry".utf8) + [2, 4, 0x26, 0, 1, 0x6b, 3, 1, 2, 4, 4, 0] + payload)
    }

    @Test func `a template cut short, or with bytes behind it, is refused`() {
        let bytes = template.bytes
        for count in bytes.indices {
            #expect(throws: MalformedFrame.self) { try Template(Array(bytes[..<count])) }
        }
        #expect(throws: MalformedFrame.self) { try Template(bytes + [0]) }
    }

    @Test func `slots where they do not belong are refused`() {
        var wrong = template
        wrong.properties.slots[0] = .scalar
        #expect(throws: MalformedFrame.self) { try Template(wrong.bytes) }
        for slot in [Template.Slot.lengthPrefixed, .fixed(1)] {
            wrong = template
            wrong.payload.slots[0] = slot
            #expect(throws: MalformedFrame.self) { try Template(wrong.bytes) }
        }
    }

    @Test func `a kind that a later version knows reads as unknown`() throws {
        var bytes: [UInt8] = [5]
        bytes += Array("later".utf8) + [0, 0, 0, 0]
        #expect(try Template(bytes).kind == .unknown)
    }

    @Test func `any bytes are a template or refused`() {
        var random = SeededGenerator(seed: 21)
        var read = 0
        for _ in 0..<30_000 {
            var bytes = template.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] =
                    [0, 1, 2, 4, 0xff, .random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            guard let template = try? Template(bytes) else { continue }
            read += 1
            #expect(template.properties.literals.count == template.properties.slots.count + 1)
            #expect(template.payload.literals.count == template.payload.slots.count + 1)
        }
        #expect(read > 1_000)
    }
}
