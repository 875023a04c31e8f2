/// The values of one slot of a group, restored.
///
/// A class, so that a row's text costs no copy of what the column is made of.
final class DecodedColumn {
    /// How a row's text comes about.
    enum Kind {
        /// All rows have the text of the only entry.
        case constant
        /// All rows have a value of the form.
        case values
        /// Each row has a code.
        case coded
        /// A list of as many elements as there are nested columns.
        case tuple
        /// A list of elements of the only nested column.
        case list
    }

    let kind: Kind
    let codes: [Int32]
    /// For each row its place among the rows of its code.
    let places: [Int32]
    let entries: [[UInt8]]
    /// The form of the values; nil where the column has none.
    let form: TokenForm?
    /// Values of the rows with code 0, in order.
    let values: [Int64]
    /// Packed digits, or the UUIDs of the segment.
    let records: [UInt8]
    let text: [UInt8]
    /// Where each text begins, and where the last ends; of a list, where each row's elements begin.
    let starts: [Int]
    let nested: [DecodedColumn]

    /// Most elements that the lists of one column may have.
    private static let elementLimit = 1 << 24

    private init(
        _ kind: Kind, codes: [Int32] = [], places: [Int32] = [], entries: [[UInt8]] = [], form: TokenForm? = nil,
        values: [Int64] = [], records: [UInt8] = [], text: [UInt8] = [], starts: [Int] = [],
        nested: [DecodedColumn] = []
    ) {
        self.kind = kind
        self.codes = codes
        self.places = places
        self.entries = entries
        self.form = form
        self.values = values
        self.records = records
        self.text = text
        self.starts = starts
        self.nested = nested
    }

    /// Restores a column.
    ///
    /// - Parameters:
    ///   - layout: what the directory says of the column.
    ///   - runs: lengths of the group's runs.
    ///   - wanted: for each run whether its rows are needed; the others print something, but not their text.
    ///   - source: where the column's bytes are.
    /// - Returns: the column.
    /// - Throws: ``SegmentDamage`` where they make no sense.
    static func restore(
        _ layout: ColumnLayout, runs: [Int], wanted: [Bool]?, source: SegmentSource
    ) throws(SegmentDamage) -> DecodedColumn {
        switch layout {
        case .constant(let literal):
            return DecodedColumn(.constant, entries: [try source.bytes(of: literal)])
        case .coded(let coded):
            return try restore(coded, runs: runs, wanted: wanted, source: source)
        case .tuple(let layouts):
            var columns: [DecodedColumn] = []
            for layout in layouts {
                columns.append(try restore(layout, runs: runs, wanted: wanted, source: source))
            }
            return DecodedColumn(.tuple, nested: columns)
        case .list(let lengths, let elements):
            let starts = try starts(of: try source.integers(lengths, runs: runs, wanted: nil), limit: elementLimit)
            var row = 0
            let elementRuns = runs.map { length in
                defer { row += length }
                return starts[row + length] - starts[row]
            }
            let column = try restore(elements, runs: elementRuns, wanted: wanted, source: source)
            return DecodedColumn(.list, starts: starts, nested: [column])
        }
    }

    /// Where each of several stretches begins and the last ends; all together are at most `limit` long.
    private static func starts(of lengths: [Int64], limit: Int) throws(SegmentDamage) -> [Int] {
        var starts = [0]
        starts.reserveCapacity(lengths.count + 1)
        var sum = 0
        for length in lengths {
            guard length >= 0, length <= Int64(limit - sum) else {
                throw SegmentDamage("a list or text of length \(length)")
            }
            sum += Int(length)
            starts.append(sum)
        }
        return starts
    }

    private static func restore(
        _ layout: ColumnLayout.Coded, runs: [Int], wanted: [Bool]?, source: SegmentSource
    ) throws(SegmentDamage) -> DecodedColumn {
        let count = runs.reduce(0, +)
        var entries: [[UInt8]] = []
        for entry in layout.entries { entries.append(try source.bytes(of: entry)) }
        let codes = try restoreCodes(layout.codes, entryCount: entries.count, runs: runs, source: source)
        let places = codes.map(Self.places)
        let typedCount = places.map { $0.typed } ?? (layout.codes.isUniform(0) ? count : 0)
        let textCount = places.map { $0.text } ?? (layout.codes.isUniform(1) ? count : 0)
        guard typedCount == 0 || layout.form != nil, textCount == 0 || layout.text != nil else {
            throw SegmentDamage("rows without values")
        }
        var values: [Int64] = []
        var records: [UInt8] = []
        if let stream = layout.records, case .hex(let hex) = layout.form {
            records = try source.stream(stream)
            guard records.count == typedCount * hex.packedCount else { throw SegmentDamage("digits are missing") }
        } else if layout.form != nil {
            let typedRuns = codes.map { CodedRuns.lengths(of: 0, codes: $0, runs: runs) } ?? runs
            values = try source.integers(layout.values, runs: typedRuns, wanted: wanted)
            if case .uuid = layout.form {
                records = try source.pool()
                let poolCount = Int64(records.count / 16)
                for value in values where value < 0 || value >= poolCount {
                    throw SegmentDamage("a UUID that is not in the pool")
                }
            }
        }
        var text: [UInt8] = []
        var starts = [0]
        if let stream = layout.text {
            text = try source.stream(stream)
            let lengths = try source.integers(layout.textLengths, runs: [textCount], wanted: nil)
            starts = try Self.starts(of: lengths, limit: text.count)
            guard starts.last == text.count else { throw SegmentDamage("text is missing") }
        }
        return DecodedColumn(
            codes == nil && typedCount == count ? .values : .coded,
            codes: codes ?? (typedCount == count ? [] : Array(repeating: 1, count: count)),
            places: places?.places ?? (typedCount == count ? [] : (0..<Int32(truncatingIfNeeded: count)).map { $0 }),
            entries: entries, form: layout.form, values: values, records: records, text: text, starts: starts)
    }

    /// The code of each row; nil where all have the same.
    private static func restoreCodes(
        _ codes: ColumnLayout.Codes, entryCount: Int, runs: [Int], source: SegmentSource
    ) throws(SegmentDamage) -> [Int32]? {
        let count = runs.reduce(0, +)
        let restored: [Int32]
        switch codes {
        case .uniform: return nil
        case .bytes(let stream):
            let bytes = try source.stream(stream)
            guard bytes.count == count else { throw SegmentDamage("\(bytes.count) codes for \(count) rows") }
            restored = bytes.map(Int32.init)
        case .integers(let field):
            restored = try source.integers(field, runs: runs, wanted: nil).map { Int32(clamping: $0) }
        }
        let highest = Int32(truncatingIfNeeded: entryCount) + 1
        for code in restored where code < 0 || code > highest {
            throw SegmentDamage("a code without entry (\(code))")
        }
        return restored
    }

    /// Gives each row its place among the rows of its code.
    private static func places(_ codes: [Int32]) -> (places: [Int32], typed: Int, text: Int) {
        var typed: Int32 = 0
        var text: Int32 = 0
        let places = codes.map { code -> Int32 in
            switch code {
            case 0:
                typed += 1
                return typed - 1
            case 1:
                text += 1
                return text - 1
            default: return 0
            }
        }
        return (places, Int(typed), Int(text))
    }

    /// Whether two rows surely have the same text.
    func isSame(_ row: Int, as other: Int) -> Bool {
        switch kind {
        case .constant: true
        case .coded: codes[row] == codes[other] && codes[row] >= 2
        // A form prints the same text for the same value; packed digits are elsewhere.
        case .values: !values.isEmpty && values[row] == values[other]
        case .tuple, .list: false
        }
    }

    /// The form's value of a row; nil where the row has none.
    func value(ofRow row: Int) -> Int64? {
        // Packed digits are in `records`; damage may refer to them as to times all the same.
        switch kind {
        case .values: values.isEmpty ? nil : values[row]
        case .coded: codes[row] == 0 && !values.isEmpty ? values[Int(places[row])] : nil
        case .constant, .tuple, .list: nil
        }
    }
}

extension ColumnLayout.Codes {
    fileprivate func isUniform(_ code: UInt8) -> Bool {
        if case .uniform(code) = self { true } else { false }
    }
}
