/// Prints one part of a template with the values of a row.
///
/// The texts of all slots are printed column by column beforehand, so that a row is nothing but copies.
struct RowPrinter {
    /// A slot and the literal bytes before it.
    private struct Step {
        var literal: ByteRange
        /// Where the slot's ranges begin in `ranges`.
        var first: Int
        /// Whether two bytes of length go in front (MQTT 5.0 §1.5.4).
        var isPrefixed: Bool
    }

    private var literals: [UInt8] = []
    private var steps: [Step] = []
    private var lastLiteral = ByteRange(start: 0, count: 0)
    private var pool = TextPool()
    /// Of each slot, the texts of all rows.
    private var ranges: [ByteRange] = []

    /// - Throws: ``SegmentDamage`` where the texts would be larger than those of any segment.
    init(
        _ part: Template.Part, _ columns: ArraySlice<DecodedColumn>, rows: Int, wanted: [Bool]?
    ) throws(SegmentDamage) {
        var start = 0
        for (index, (slot, column)) in zip(part.slots, columns).enumerated() {
            literals.append(contentsOf: part.literals[index])
            // What all rows have is as good as literal.
            if let text = column.constantText {
                if slot == .lengthPrefixed { literals.append(contentsOf: Self.prefix(text.count)) }
                literals.append(contentsOf: text)
                continue
            }
            var separator: [UInt8] = []
            if case .list(let bytes) = slot { separator = bytes }
            steps.append(
                Step(
                    literal: ByteRange(start: start, count: literals.count - start), first: ranges.count,
                    isPrefixed: slot == .lengthPrefixed))
            ranges.append(
                contentsOf: try column.print(rows: rows, wanted: wanted, separator: separator, into: &pool))
            start = literals.count
        }
        literals.append(contentsOf: part.literals[part.slots.count])
        lastLiteral = ByteRange(start: start, count: literals.count - start)
    }

    private static func prefix(_ count: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    }

    func append(_ row: Int, to output: inout [UInt8]) {
        var size = literals.count
        for step in steps { size += Int(ranges[step.first + row].count) + (step.isPrefixed ? 2 : 0) }
        let literals = literals.span
        let texts = pool.bytes.span
        output.append(addingCapacity: size + OutputSpan<UInt8>.slack) { (output: inout OutputSpan<UInt8>) in
            for step in steps {
                output.append(step.literal, of: literals)
                let range = ranges[step.first + row]
                if step.isPrefixed {
                    output.append(UInt8(truncatingIfNeeded: range.count >> 8))
                    output.append(UInt8(truncatingIfNeeded: range.count))
                }
                output.append(range, of: texts)
            }
            output.append(lastLiteral, of: literals)
        }
    }
}
