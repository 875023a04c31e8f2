/// The messages of a group, restored but for topic and arrival.
///
/// A class, so that looking one up for each message copies no arrays.
final class GroupContent {
    let flags: [Int64]
    let redactions: [Int64]
    let duplicates: [Int64]
    private let properties: RowPrinter
    private let payload: RowPrinter

    /// - Parameters:
    ///   - template: what all messages of the group have in common.
    ///   - columns: the values of its slots.
    ///   - wanted: for each row whether it will be asked for; nil for all.
    ///   - flags: of each message.
    ///   - redactions: of each message.
    ///   - duplicates: how far each is behind its original.
    /// - Throws: ``SegmentDamage`` where the messages would be larger than those of any segment.
    init(
        template: Template, columns: [DecodedColumn], wanted: [Bool]?, flags: [Int64], redactions: [Int64],
        duplicates: [Int64]
    ) throws(SegmentDamage) {
        self.flags = flags
        self.redactions = redactions
        self.duplicates = duplicates
        let split = template.properties.slots.count
        properties = try RowPrinter(template.properties, columns[..<split], rows: flags.count, wanted: wanted)
        payload = try RowPrinter(template.payload, columns[split...], rows: flags.count, wanted: wanted)
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
