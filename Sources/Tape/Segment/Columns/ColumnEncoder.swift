/// Encodes the values of one slot of a group.
///
/// Each row gets a code: 0 a value of the column's form, 1 literal text, 2 and above an entry of the column's own
/// dictionary. What all rows share costs nothing a row.
struct ColumnEncoder {
    /// The arena of the values.
    private let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// What a column of times can do for the times of arrival.
    struct Reference {
        /// The form's value of each row; nil where the row has none.
        var values: [Int64?]
        /// Nanoseconds of one unit, as a power of ten.
        var exponent: Int
    }

    /// Writes a column.
    ///
    /// - Parameters:
    ///   - tokens: the value of each row.
    ///   - runs: lengths of the stretches of rows with the same topic.
    ///   - writer: the segment.
    /// - Returns: the times that the column holds, if it holds times.
    /// - Throws: ``CompressionError`` when zstd fails.
    func encode(
        _ tokens: [ByteRange], runs: [Int], to writer: inout SegmentWriter
    ) throws(CompressionError) -> Reference? {
        if let first = tokens.first, isConstant(tokens, first) {
            writer.write(ColumnMode.constant)
            writeLiteral(first, to: &writer)
            return nil
        }
        let form = chooseForm(tokens)
        var parsed = ParsedColumn(form: form, count: tokens.count)
        let literals = parsed.parse(tokens, bytes: bytes, writer: &writer)
        let codes = code(literals, tokens, in: &parsed, writer: &writer)
        writer.write(ColumnMode.coded)
        writer.write((parsed.typedCount > 0 ? ColumnParts.values : 0) | (parsed.textCount > 0 ? ColumnParts.text : 0))
        writer.write(codes.entries.count)
        for entry in codes.entries { write(entry, to: &writer) }
        try write(parsed.codes, entryCount: codes.entries.count, runs: runs, to: &writer)
        if parsed.typedCount > 0, let form {
            form.append(to: &writer.directory)
            try parsed.writeValues(runs: runs, to: &writer)
        }
        if parsed.textCount > 0 { try writeText(tokens, parsed.codes, to: &writer) }
        return parsed.reference
    }

    private func isConstant(_ tokens: [ByteRange], _ first: ByteRange) -> Bool {
        let span = bytes.span
        let wanted = span.extracting(first.range)
        for token in tokens {
            guard token.count == first.count, span.matches(wanted, at: Int(token.start)) else { return false }
        }
        return true
    }

    // MARK: Choosing

    /// Rows that are looked at to choose a form: so many stretches of so many.
    private static let stretches = 8
    private static let stretchLength = 32

    private func chooseForm(_ tokens: [ByteRange]) -> TokenForm? {
        let sample: [ByteRange]
        if tokens.count <= Self.stretches * Self.stretchLength {
            sample = tokens
        } else {
            var picked: [ByteRange] = []
            for stretch in 0..<Self.stretches {
                let start = (tokens.count - Self.stretchLength) * stretch / (Self.stretches - 1)
                picked.append(contentsOf: tokens[start..<start + Self.stretchLength])
            }
            sample = picked
        }
        guard let choice = TokenForm.choose(arena: bytes.span, tokens: sample) else { return nil }
        switch choice.form {
        case .decimal, .ratio: return choice.form
        case .time, .uuid, .hex:
            // What recurs is smaller as an entry of a dictionary, however well it fits a form.
            return Self.recurs(sample, bytes.span) ? nil : choice.form
        }
    }

    private static func recurs(_ sample: [ByteRange], _ span: Span<UInt8>) -> Bool {
        var table = ByteTable()
        for token in sample { _ = table.insert(span.extracting(token.range)) }
        return table.count * 4 <= sample.count
    }

    // MARK: Dictionary

    /// One entry of the column's dictionary: a string of the tape, or a literal of its own.
    private enum Entry {
        case shared(Int64)
        case own(ByteRange)
    }

    /// Gives each literal its code: an entry of the dictionary where it recurs, text where it does not.
    private func code(
        _ literals: [Int32], _ tokens: [ByteRange], in parsed: inout ParsedColumn, writer: inout SegmentWriter
    ) -> (entries: [Entry], textCount: Int) {
        if literals.isEmpty { return ([], 0) }
        var table = ByteTable()
        let span = bytes.span
        var numbers: [Int32] = []
        numbers.reserveCapacity(literals.count)
        var sightings: [(count: Int, token: ByteRange)] = []
        var last: ByteRange?
        for row in literals {
            let token = tokens[Int(row)]
            // A device says the same again and again: comparing is cheaper than looking up.
            if let last, last.count == token.count, let number = numbers.last,
                span.matches(span.extracting(token.range), at: Int(last.start))
            {
                sightings[Int(number)].count += 1
                numbers.append(number)
                continue
            }
            last = token
            let (number, isNew) = table.insert(span.extracting(token.range))
            if isNew { sightings.append((0, token)) }
            sightings[number].count += 1
            numbers.append(Int32(truncatingIfNeeded: number))
        }
        var entries: [Entry] = []
        var codes: [Int32] = []
        for (count, token) in sightings {
            let string = span.extracting(token.range)
            if count > 1 {
                entries.append(writer.dictionary.intern(string).map { .shared($0) } ?? .own(token))
                codes.append(Int32(truncatingIfNeeded: entries.count) + 1)
            } else if let known = writer.dictionary.sight(string) {
                entries.append(.shared(known))
                codes.append(Int32(truncatingIfNeeded: entries.count) + 1)
            } else {
                codes.append(1)
            }
        }
        for (row, number) in zip(literals, numbers) { parsed.setCode(codes[Int(number)], row: Int(row)) }
        return (entries, parsed.textCount)
    }

    private func write(_ entry: Entry, to writer: inout SegmentWriter) {
        switch entry {
        case .shared(let number): writer.write(number)
        case .own(let token):
            writer.write(UInt8(0))
            writer.write(bytes: bytes.span.extracting(token.range))
        }
    }

    private func writeLiteral(_ token: ByteRange, to writer: inout SegmentWriter) {
        let string = bytes.span.extracting(token.range)
        if string.count > 3, let number = writer.dictionary.sight(string) {
            write(.shared(number), to: &writer)
        } else {
            write(.own(token), to: &writer)
        }
    }

    // MARK: Streams

    private func write(
        _ codes: [Int32], entryCount: Int, runs: [Int], to writer: inout SegmentWriter
    ) throws(CompressionError) {
        guard let first = codes.first else { return writer.write(CodeMode.uniform + 0) }
        if codes.allSatisfy({ $0 == first }) {
            // A single entry for all rows would have been a constant, so only 0 and 1 occur here.
            writer.write(CodeMode.uniform + UInt8(truncatingIfNeeded: first))
        } else if entryCount + 1 <= 255 {
            writer.write(CodeMode.bytes)
            try writer.write(stream: codes.map { UInt8(truncatingIfNeeded: $0) }, .codes)
        } else {
            writer.write(CodeMode.integers)
            try writer.write(integers: codes.map(Int64.init), runs: runs)
        }
    }

    private func writeText(
        _ tokens: [ByteRange], _ codes: [Int32], to writer: inout SegmentWriter
    ) throws(CompressionError) {
        var lengths: [Int64] = []
        var text: [UInt8] = []
        let span = bytes.span
        for (token, code) in zip(tokens, codes) where code == 1 {
            lengths.append(Int64(token.count))
            text.append(span.extracting(token.range))
        }
        try writer.write(integers: lengths, runs: [lengths.count])
        try writer.write(stream: text, .text)
    }
}

/// How a column is written.
enum ColumnMode {
    static let constant: UInt8 = 0
    static let coded: UInt8 = 1
    static let list: UInt8 = 2
    static let tuple: UInt8 = 3
}

/// Which parts a coded column has beside its codes.
enum ColumnParts {
    static let values: UInt8 = 1
    static let text: UInt8 = 2
}

/// How the codes of a column's rows are written.
enum CodeMode {
    /// All rows have the code that is added to it, 0 or 1.
    static let uniform: UInt8 = 0
    static let bytes: UInt8 = 2
    static let integers: UInt8 = 3
}
