/// The messages of a group, restored but for topic and arrival.
struct GroupContent {
    let flags: [Int64]
    let redactions: [Int64]
    let duplicates: [Int64]
    private let properties: Printer
    private let payload: Printer

    init(template: Template, columns: [DecodedColumn], flags: [Int64], redactions: [Int64], duplicates: [Int64]) {
        self.flags = flags
        self.redactions = redactions
        self.duplicates = duplicates
        let split = template.properties.slots.count
        properties = Printer(template.properties, Array(columns[..<split]))
        payload = Printer(template.payload, Array(columns[split...]))
    }

    /// Prints the properties of a row, in wire form.
    func appendProperties(_ row: Int, to output: inout [UInt8]) {
        properties.append(row, to: &output)
    }

    /// Prints the payload of a row.
    func appendPayload(_ row: Int, to output: inout [UInt8]) {
        payload.append(row, to: &output)
    }
}

/// Prints one part of a template with the values of a row.
private final class Printer {
    /// A slot and the literal bytes before it.
    private struct Step {
        var literal: Range<Int>
        var column: DecodedColumn
        var separator: [UInt8]
        /// Whether two bytes of length go in front (MQTT 5.0 §1.5.4).
        var isPrefixed: Bool
    }

    private let literals: [UInt8]
    private let steps: [Step]
    private let lastLiteral: Range<Int>

    init(_ part: Template.Part, _ columns: [DecodedColumn]) {
        var literals: [UInt8] = []
        var steps: [Step] = []
        for (index, slot) in part.slots.enumerated() {
            let start = literals.count
            literals.append(contentsOf: part.literals[index])
            var step = Step(
                literal: start..<literals.count, column: columns[index], separator: [],
                isPrefixed: slot == .lengthPrefixed)
            if case .list(let separator) = slot { step.separator = separator }
            steps.append(step)
        }
        let start = literals.count
        literals.append(contentsOf: part.literals[part.slots.count])
        lastLiteral = start..<literals.count
        self.literals = literals
        self.steps = steps
    }

    func append(_ row: Int, to output: inout [UInt8]) {
        for index in steps.indices {
            output.append(steps[index].literal, of: literals)
            guard steps[index].isPrefixed else {
                steps[index].column.append(row, separator: steps[index].separator, to: &output)
                continue
            }
            let start = output.count
            output.append(0)
            output.append(0)
            steps[index].column.append(row, separator: [], to: &output)
            let length = UInt16(truncatingIfNeeded: output.count - start - 2)
            output[start] = UInt8(length >> 8)
            output[start + 1] = UInt8(truncatingIfNeeded: length)
        }
        output.append(lastLiteral, of: literals)
    }
}
