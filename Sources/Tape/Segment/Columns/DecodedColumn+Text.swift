extension DecodedColumn {
    /// Prints the text of a row's slot.
    ///
    /// - Parameters:
    ///   - row: the row.
    ///   - separator: what stands between the elements of a list.
    ///   - output: where to.
    func append(_ row: Int, separator: [UInt8], to output: inout [UInt8]) {
        switch kind {
        case .values: appendValue(row, to: &output)
        case .constant: output.append(contentsOf: entries[0])
        case .coded:
            let code = codes[row]
            if code >= 2 { return output.append(contentsOf: entries[Int(code) - 2]) }
            let place = Int(places[row])
            if code == 0 { return appendValue(place, to: &output) }
            output.append(starts[place]..<starts[place + 1], of: text)
        case .tuple:
            for (index, column) in nested.enumerated() {
                if index > 0 { output.append(contentsOf: separator) }
                column.append(row, separator: [], to: &output)
            }
        case .list:
            for element in starts[row]..<starts[row + 1] {
                if element > starts[row] { output.append(contentsOf: separator) }
                nested[0].append(element, separator: [], to: &output)
            }
        }
    }

    private func appendValue(_ place: Int, to output: inout [UInt8]) {
        guard let form else { return }
        let records = records
        let value = values.isEmpty ? 0 : values[place]
        output.append(addingCapacity: form.room) { (output: inout OutputSpan<UInt8>) in
            switch form {
            case .decimal(let form): form.append(value, to: &output)
            case .ratio(let form): form.append(value, to: &output)
            case .time(let form): form.append(value, to: &output)
            case .uuid(let form): form.append(records.span.uuid(Int(value)), to: &output)
            case .hex(let form): form.append(records.span.extracting(form.packedRange(place)), to: &output)
            }
        }
    }
}

// MARK: All rows

extension DecodedColumn {
    /// The text that all rows have; nil where they may differ.
    var constantText: [UInt8]? { kind == .constant ? entries[0] : nil }

    /// Prints the texts of all rows, far faster than one by one.
    ///
    /// - Parameters:
    ///   - rows: how many rows the column has.
    ///   - wanted: for each row whether its text is needed; nil for all.
    ///   - separator: what stands between the elements of a list.
    ///   - pool: where the texts go; equal ones may share their place.
    /// - Returns: where the text of each row lies; of rows that are not wanted, anything.
    /// - Throws: ``SegmentDamage`` where the texts would be larger than those of any segment.
    func print(
        rows: Int, wanted: [Bool]?, separator: [UInt8], into pool: inout TextPool
    ) throws(SegmentDamage) -> [ByteRange] {
        switch kind {
        case .constant: return Array(repeating: try pool.append(entries[0]), count: rows)
        case .values: return try printValues(count: rows, wanted, into: &pool)
        case .coded: return try printCoded(wanted, into: &pool)
        case .tuple, .list: return try printLists(rows, wanted, separator, into: &pool)
        }
    }

    private func printCoded(_ wanted: [Bool]?, into pool: inout TextPool) throws(SegmentDamage) -> [ByteRange] {
        let typedWanted = wanted.map { wanted in codes.indices.compactMap { codes[$0] == 0 ? wanted[$0] : nil } }
        let typed = try printValues(count: typedCount, typedWanted, into: &pool)
        let textStart = Int(try pool.append(text).start)
        var entryRanges: [ByteRange] = []
        for entry in entries { entryRanges.append(try pool.append(entry)) }
        var ranges: [ByteRange] = []
        ranges.reserveCapacity(codes.count)
        for row in codes.indices {
            let code = codes[row]
            if code >= 2 {
                ranges.append(entryRanges[Int(code) - 2])
                continue
            }
            let place = Int(places[row])
            if code == 0 {
                ranges.append(typed[place])
            } else {
                ranges.append(ByteRange(start: textStart + starts[place], count: starts[place + 1] - starts[place]))
            }
        }
        return ranges
    }

    /// Rows that have a value of the form.
    private var typedCount: Int {
        if case .hex(let form) = form { records.count / form.packedCount } else { values.count }
    }

    private func printValues(
        count: Int, _ wanted: [Bool]?, into pool: inout TextPool
    ) throws(SegmentDamage) -> [ByteRange] {
        let values = values
        let records = records
        switch form {
        case .decimal(let form):
            return try pool.append(count, wanted, room: DecimalText.room) { form.append(values[$0], to: &$1) }
        case .ratio(let form):
            return try pool.append(count, wanted, room: DecimalText.room) { form.append(values[$0], to: &$1) }
        case .time(let form):
            return try pool.append(count, wanted, room: TimeForm.room) { form.append(values[$0], to: &$1) }
        case .uuid(let form):
            return try pool.append(count, wanted, room: UUIDForm.room) {
                form.append(records.span.uuid(Int(values[$0])), to: &$1)
            }
        case .hex(let form):
            return try pool.append(count, wanted, room: form.room) {
                form.append(records.span.extracting(form.packedRange($0)), to: &$1)
            }
        case nil: return []
        }
    }

    private func printLists(
        _ rows: Int, _ wanted: [Bool]?, _ separator: [UInt8], into pool: inout TextPool
    ) throws(SegmentDamage) -> [ByteRange] {
        var elements = TextPool()
        var columns: [[ByteRange]] = []
        if kind == .tuple {
            for column in nested {
                columns.append(try column.print(rows: rows, wanted: wanted, separator: [], into: &elements))
            }
        } else {
            var wantedElements: [Bool]?
            if let wanted {
                var flags: [Bool] = []
                for row in 0..<rows {
                    flags.append(contentsOf: repeatElement(wanted[row], count: starts[row + 1] - starts[row]))
                }
                wantedElements = flags
            }
            columns = [
                try nested[0].print(
                    rows: starts[rows], wanted: wantedElements, separator: [], into: &elements)
            ]
        }
        var ranges: [ByteRange] = []
        ranges.reserveCapacity(rows)
        for row in 0..<rows {
            let start = pool.bytes.count
            if wanted?[row] ?? true {
                if kind == .tuple {
                    for (index, column) in columns.enumerated() {
                        try pool.append(column[row], of: elements, after: index > 0 ? separator : [])
                    }
                } else {
                    for element in starts[row]..<starts[row + 1] {
                        try pool.append(
                            columns[0][element], of: elements, after: element > starts[row] ? separator : [])
                    }
                }
            }
            ranges.append(ByteRange(start: start, count: pool.bytes.count - start))
        }
        return ranges
    }
}

extension Span<UInt8> {
    /// UUID `index` of many that lie side by side.
    fileprivate func uuid(_ index: Int) -> (UInt64, UInt64) {
        let record = extracting(index * 16..<index * 16 + 16)
        return (record.bytes.word(at: 0).byteSwapped, record.bytes.word(at: 8).byteSwapped)
    }
}
