/// The values of one slot of a group, restored; prints the text of each row.
struct DecodedColumn {
    /// What a row's text is made of.
    private enum Content {
        case constant([UInt8])
        case coded(Coded)
        case tuple([DecodedColumn])
        case list(starts: [Int], elements: [DecodedColumn])
    }

    private let content: Content

    /// A coded column.
    struct Coded {
        /// The code of each row; nil where all have `uniform`.
        fileprivate var codes: [Int32]?
        fileprivate var uniform: Int32
        fileprivate var entries: [[UInt8]]
        fileprivate var form: TokenForm?
        /// Values of the rows with code 0, in order, or of all rows.
        fileprivate var values: [Int64] = []
        fileprivate var records: [UInt8] = []
        /// Where each text begins, and where the last ends.
        fileprivate var textStarts: [Int] = [0]
        fileprivate var text: [UInt8] = []
        /// For each row its place among the rows of its code; nil where that is the row itself.
        fileprivate var places: [Int32]?
    }

    /// Most elements that the lists of one column may have.
    private static let elementLimit = 1 << 24

    /// Restores a column.
    ///
    /// - Parameters:
    ///   - layout: what the directory says of the column.
    ///   - runs: lengths of the group's runs.
    ///   - wanted: for each run whether its rows are needed; the others print something, but not their text.
    ///   - source: where the column's bytes are.
    /// - Throws: ``SegmentDamage`` where they make no sense.
    init(
        _ layout: ColumnLayout, runs: [Int], wanted: [Bool]?, source: SegmentSource
    ) throws(SegmentDamage) {
        switch layout {
        case .constant(let literal): content = .constant(try source.bytes(of: literal))
        case .coded(let coded):
            content = .coded(try Coded(coded, runs: runs, wanted: wanted, source: source))
        case .tuple(let layouts):
            var columns: [DecodedColumn] = []
            for layout in layouts {
                columns.append(try DecodedColumn(layout, runs: runs, wanted: wanted, source: source))
            }
            content = .tuple(columns)
        case .list(let lengths, let elements):
            let lengths = try source.integers(lengths, runs: runs, wanted: nil)
            var starts = [0]
            starts.reserveCapacity(lengths.count + 1)
            var sum = 0
            for length in lengths {
                guard length >= 0, length <= Int64(Self.elementLimit - sum) else {
                    throw SegmentDamage("a list of \(length) elements")
                }
                sum += Int(length)
                starts.append(sum)
            }
            var row = 0
            let elementRuns = runs.map { length in
                defer { row += length }
                return starts[row + length] - starts[row]
            }
            let column = try DecodedColumn(elements, runs: elementRuns, wanted: wanted, source: source)
            content = .list(starts: starts, elements: [column])
        }
    }

    /// Prints the text of a row's slot.
    func append(_ row: Int, separator: [UInt8] = [], to output: inout [UInt8]) {
        switch content {
        case .constant(let bytes): output.append(contentsOf: bytes)
        case .coded(let coded): coded.append(row, to: &output)
        case .tuple(let columns):
            for (index, column) in columns.enumerated() {
                if index > 0 { output.append(contentsOf: separator) }
                column.append(row, to: &output)
            }
        case .list(let starts, let elements):
            for element in starts[row]..<starts[row + 1] {
                if element > starts[row] { output.append(contentsOf: separator) }
                elements[0].append(element, to: &output)
            }
        }
    }

    /// The values as times: for each row the form's value, nil where the row has none.
    func times(count: Int) -> [Int64?] {
        guard case .coded(let coded) = content else { return Array(repeating: nil, count: count) }
        return (0..<count).map { coded.value(ofRow: $0) }
    }
}

extension DecodedColumn.Coded {
    fileprivate init(
        _ layout: ColumnLayout.Coded, runs: [Int], wanted: [Bool]?, source: SegmentSource
    ) throws(SegmentDamage) {
        let count = runs.reduce(0, +)
        entries = []
        for entry in layout.entries { entries.append(try source.bytes(of: entry)) }
        form = layout.form
        (codes, uniform) = try Self.codes(layout.codes, count: count, runs: runs, source: source)
        let highest = Int32(truncatingIfNeeded: entries.count) + 1
        if let codes {
            for code in codes where code < 0 || code > highest { throw SegmentDamage("a code without entry (\(code))") }
        }
        let counted = countPlaces(count)
        guard counted.typed == 0 || form != nil, counted.text == 0 || layout.text != nil else {
            throw SegmentDamage("rows without values")
        }
        if let stream = layout.records, case .hex(let hex) = form {
            records = try source.stream(stream)
            guard records.count == counted.typed * (hex.digits / 2) else { throw SegmentDamage("digits are missing") }
        } else if form != nil {
            let typedRuns = codes.map { CodedRuns.lengths(of: 0, codes: $0, runs: runs) } ?? runs
            values = try source.integers(layout.values, runs: typedRuns, wanted: wanted)
            if case .uuid = form {
                records = try source.pool()
                let count = Int64(records.count / 16)
                for value in values where value < 0 || value >= count {
                    throw SegmentDamage("a UUID that is not in the pool")
                }
            }
        }
        if let stream = layout.text {
            text = try source.stream(stream)
            var sum = 0
            for length in try source.integers(layout.textLengths, runs: [counted.text], wanted: nil) {
                guard length >= 0, length <= Int64(text.count - sum) else { throw SegmentDamage("text is missing") }
                sum += Int(length)
                textStarts.append(sum)
            }
            guard sum == text.count else { throw SegmentDamage("text is left over") }
        }
    }

    private static func codes(
        _ codes: ColumnLayout.Codes, count: Int, runs: [Int], source: SegmentSource
    ) throws(SegmentDamage) -> ([Int32]?, Int32) {
        switch codes {
        case .uniform(let code): return (nil, Int32(code))
        case .bytes(let stream):
            let bytes = try source.stream(stream)
            guard bytes.count == count else { throw SegmentDamage("\(bytes.count) codes for \(count) rows") }
            return (bytes.map(Int32.init), 0)
        case .integers(let field):
            return (try source.integers(field, runs: runs, wanted: nil).map { Int32(clamping: $0) }, 0)
        }
    }

    /// Gives each row its place among the rows of its code.
    private mutating func countPlaces(_ count: Int) -> (typed: Int, text: Int) {
        guard let codes else { return uniform == 0 ? (count, 0) : (0, count) }
        var typed: Int32 = 0
        var text: Int32 = 0
        places = codes.map { code in
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
        return (Int(typed), Int(text))
    }

    /// The form's value of a row; nil where it has another code.
    fileprivate func value(ofRow row: Int) -> Int64? {
        guard let codes, let places else { return uniform == 0 ? values[row] : nil }
        return codes[row] == 0 ? values[Int(places[row])] : nil
    }

    @inline(__always)
    fileprivate func append(_ row: Int, to output: inout [UInt8]) {
        let code = codes.map { $0[row] } ?? uniform
        let place = places.map { Int($0[row]) } ?? row
        if code == 0 {
            appendValue(place, to: &output)
        } else if code == 1 {
            output.append(contentsOf: text[textStarts[place]..<textStarts[place + 1]])
        } else {
            output.append(contentsOf: entries[Int(code) - 2])
        }
    }

    private func appendValue(_ place: Int, to output: inout [UInt8]) {
        switch form {
        case .decimal(let form): form.append(values[place], to: &output)
        case .ratio(let form): form.append(values[place], to: &output)
        case .time(let form): form.append(values[place], to: &output)
        case .uuid(let form):
            let start = Int(values[place]) * 16
            form.append((word(at: start), word(at: start + 8)), to: &output)
        case .hex(let form):
            let width = form.digits / 2
            form.append(records.span.extracting(place * width..<(place + 1) * width), to: &output)
        case nil: break
        }
    }

    private func word(at start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<start + 8 { word = word << 8 | UInt64(records[index]) }
        return word
    }
}
