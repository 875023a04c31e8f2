/// The rows of a column while they are being encoded: which have a value of the form, and which.
struct ParsedColumn {
    /// The code of each row.
    private(set) var codes: [Int32]
    private(set) var typedCount = 0
    private(set) var textCount = 0
    /// Values of the typed rows, one after the other; packed digits of a hexadecimal column are in `records`.
    private var values: [Int64] = []
    private var records: [UInt8] = []
    private let form: TokenForm?

    init(form: TokenForm?, count: Int) {
        self.form = form
        codes = Array(repeating: 0, count: count)
        values.reserveCapacity(count)
    }

    mutating func setCode(_ code: Int32, row: Int) {
        codes[row] = code
        if code == 1 { textCount += 1 }
    }

    /// Reads each token by the form.
    ///
    /// - Returns: the rows that did not fit.
    mutating func parse(_ tokens: [ByteRange], bytes: [UInt8], writer: inout SegmentWriter) -> [Int32] {
        let span = bytes.span
        let literals: [Int32]
        switch form {
        case nil: literals = (0..<Int32(truncatingIfNeeded: tokens.count)).map { $0 }
        case .decimal(let form): literals = collect(tokens, span) { token in form.parse(token) }
        case .ratio(let form): literals = collect(tokens, span) { token in form.parse(token) }
        case .time(let form): literals = collect(tokens, span) { token in form.parse(token) }
        case .uuid(let form): literals = collect(tokens, span) { token in form.parse(token).map { writer.place($0) } }
        case .hex(let form):
            var records = records
            literals = collect(tokens, span) { token in form.parse(token, into: &records) ? 0 : nil }
            self.records = records
        }
        for row in literals { codes[Int(row)] = 1 }
        typedCount = tokens.count - literals.count
        return literals
    }

    /// Takes the values of the tokens that `parse` can read, and gives the rows of the others.
    @inline(__always)
    private mutating func collect(
        _ tokens: [ByteRange], _ span: Span<UInt8>, _ parse: (Span<UInt8>) -> Int64?
    ) -> [Int32] {
        var literals: [Int32] = []
        for (row, token) in tokens.enumerated() {
            if let value = parse(span.extracting(token.range)) {
                values.append(value)
            } else {
                literals.append(Int32(truncatingIfNeeded: row))
            }
        }
        return literals
    }

    /// Writes the values of the typed rows.
    func writeValues(runs: [Int], to writer: inout SegmentWriter) throws(CompressionError) {
        if case .hex = form { return try writer.write(stream: records, .records) }
        try writer.write(integers: values, runs: typedRuns(runs))
    }

    private func typedRuns(_ runs: [Int]) -> [Int] {
        if typedCount == codes.count { return runs }
        return CodedRuns.lengths(of: 0, codes: codes, runs: runs)
    }

    /// The column as times, if it holds any.
    var reference: ColumnEncoder.Reference? {
        let exponent: Int
        switch form {
        case .time(let form): exponent = 9 - Int(form.fractionDigits)
        case .decimal(let form):
            guard let epoch = epochExponent(decimals: Int(form.decimals)) else { return nil }
            exponent = epoch
        default: return nil
        }
        var next = 0
        let spread = codes.map { code -> Int64? in
            guard code == 0 else { return nil }
            defer { next += 1 }
            return values[next]
        }
        return ColumnEncoder.Reference(values: spread, exponent: exponent)
    }

    /// The unit of numbers that look like times of this century, as a power of ten of nanoseconds.
    private func epochExponent(decimals: Int) -> Int? {
        guard let first = values.first else { return nil }
        // From 2001 to 2100, in seconds, milliseconds, microseconds and nanoseconds.
        for exponent in [9, 6, 3, 0] {
            let unit = exponent - decimals
            guard unit >= 0, let scale = Powers.ofTen(decimals) else { continue }
            let low = (Powers.ofTen(9 - exponent) ?? 1) * 1_000_000_000
            if first / scale >= low, first / scale < low / 10 * 41 { return unit }
        }
        return nil
    }
}

/// Lengths of the runs of a column when only the rows of one code are counted.
enum CodedRuns {
    static func lengths(of code: Int32, codes: [Int32], runs: [Int]) -> [Int] {
        var start = 0
        return runs.map { length in
            defer { start += length }
            var count = 0
            for index in start..<start + length where codes[index] == code { count += 1 }
            return count
        }
    }
}

/// Powers of ten.
enum Powers {
    /// 10 to the power of `exponent`; nil where 64 bits do not hold it.
    static func ofTen(_ exponent: Int) -> Int64? {
        guard 0...18 ~= exponent else { return nil }
        var power: Int64 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
