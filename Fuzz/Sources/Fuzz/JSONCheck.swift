import DeviceProtocol
import JSONScan

@testable import Tape

/// The scanner's promise: template and values printed in turn give the payload.
enum JSONCheck {
    static func run(_ payload: [UInt8]) {
        var tokenizer = JSONTokenizer()
        var last = 0
        while let token = try? tokenizer.next(in: payload.span) {
            require(token.start >= last && token.end >= token.start && token.end <= payload.count, "tokens in order")
            last = token.end
        }
        var block = MessageBlock(firstSequence: 1)
        block.append(Samples.message(payload, number: 1), clock: 1)
        var scanner = ShapeScanner()
        scanner.scan(block.rows[0], kind: .telemetry, in: block.bytes.span, opaque: false)
        guard let template = try? Template(scanner.template) else { return require(false, "a template") }
        require(template.bytes == scanner.template, "the template as it is kept")
        require(print(template, scanner, block) == payload, "the payload")
    }

    private static func print(_ template: Template, _ scanner: ShapeScanner, _ block: MessageBlock) -> [UInt8] {
        let part = template.payload
        let first = template.properties.slots.count
        var printed: [UInt8] = []
        for (index, slot) in part.slots.enumerated() {
            printed += part.literals[index]
            let value = scanner.values[first + index].range
            if case .list(let separator) = slot {
                for (position, element) in scanner.elements[value].enumerated() {
                    if position > 0 { printed += separator }
                    printed += block.bytes[element.range]
                }
            } else {
                printed += block.bytes[value]
            }
        }
        return printed + part.literals[part.slots.count]
    }
}
