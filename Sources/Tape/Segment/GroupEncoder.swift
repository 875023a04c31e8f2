/// Writes one group of a segment: what each message has beside its values, the values column by column, the arrivals.
struct GroupEncoder {
    let block: MessageBlock
    let scanner: ShapeScanner
    let firstValues: [UInt32]
    /// Whether the times of arrival give the order of all messages.
    let isOrdered: Bool

    func encode(_ group: Shapes.Group, slots: SlotKinds, to writer: inout SegmentWriter) throws(CompressionError) {
        let runs = group.runs.map(\.count)
        writer.write(group.runs.count)
        var last = 0
        for run in group.runs {
            writer.write(run.topic - last)
            writer.write(run.count)
            last = run.topic
        }
        try writer.write(integers: group.rows.map { Int64(block.rows[Int($0)].flags.rawValue) }, runs: runs)
        try writer.write(
            integers: group.rows.map { Int64(bitPattern: block.rows[Int($0)].redactions) }, runs: runs)
        try writer.write(
            integers: group.rows.map { Int64(bitPattern: block.rows[Int($0)].duplicateDistance) }, runs: runs)
        var references: [(slot: Int, reference: ColumnEncoder.Reference)] = []
        let encoder = ColumnEncoder(bytes: block.bytes)
        for slot in 0..<slots.count {
            let values = group.rows.map { scanner.values[Int(firstValues[Int($0)]) + slot] }
            if slots.isList(slot) {
                try encode(list: values, runs: runs, encoder, to: &writer)
            } else if let reference = try encoder.encode(values, runs: runs, to: &writer) {
                references.append((slot, reference))
            }
        }
        if !isOrdered { try writer.write(integers: group.rows.map(Int64.init), runs: runs) }
        try writeArrivals(group.rows, runs, references, to: &writer)
    }

    // MARK: Lists

    /// A list that always has the same few elements is as many columns; any other is one column of all elements.
    private static let tupleLimit = 16

    private func encode(
        list values: [ByteRange], runs: [Int], _ encoder: ColumnEncoder, to writer: inout SegmentWriter
    ) throws(CompressionError) {
        let length = values.first.map { Int($0.count) } ?? 0
        if length <= Self.tupleLimit, values.allSatisfy({ Int($0.count) == length }) {
            writer.write(ColumnMode.tuple)
            writer.write(length)
            for position in 0..<length {
                let elements = values.map { scanner.elements[Int($0.start) + position] }
                _ = try encoder.encode(elements, runs: runs, to: &writer)
            }
            return
        }
        writer.write(ColumnMode.list)
        try writer.write(integers: values.map { Int64($0.count) }, runs: runs)
        var elements: [ByteRange] = []
        for value in values { elements.append(contentsOf: scanner.elements[value.range]) }
        var start = 0
        let elementRuns = runs.map { length in
            defer { start += length }
            return values[start..<start + length].reduce(0) { $0 + Int($1.count) }
        }
        _ = try encoder.encode(elements, runs: elementRuns, to: &writer)
    }

    // MARK: Arrivals

    /// Rows by which the best reference for the arrivals is chosen.
    private static let sampleSize = 2_048

    /// Writes the times of arrival, as what lies between them and the times that the messages themselves name, if that
    /// is less.
    private func writeArrivals(
        _ rows: [Int32], _ runs: [Int], _ references: [(slot: Int, reference: ColumnEncoder.Reference)],
        to writer: inout SegmentWriter
    ) throws(CompressionError) {
        let arrivals = rows.map { block.rows[Int($0)].arrival }
        let sample = Array(arrivals.prefix(Self.sampleSize))
        let sampleRuns = Self.prefix(runs, sample.count)
        var best: (slot: Int, reference: ColumnEncoder.Reference)?
        var bestSize = IntegerColumn.estimatedSize(sample, runs: sampleRuns)
        for candidate in references {
            let size = IntegerColumn.estimatedSize(Self.differences(sample, candidate.reference), runs: sampleRuns)
            if size < bestSize {
                best = candidate
                bestSize = size
            }
        }
        guard let best else {
            writer.write(UInt8(0))
            return try writer.write(integers: arrivals, runs: runs)
        }
        writer.write(best.slot + 1)
        writer.write(best.reference.exponent)
        try writer.write(integers: Self.differences(arrivals, best.reference), runs: runs)
    }

    private static func prefix(_ runs: [Int], _ count: Int) -> [Int] {
        var rest = count
        var prefix: [Int] = []
        for run in runs where rest > 0 {
            prefix.append(min(run, rest))
            rest -= min(run, rest)
        }
        return prefix
    }

    /// Arrival less the referred time; a row without one takes that of the row before.
    private static func differences(_ arrivals: [Int64], _ reference: ColumnEncoder.Reference) -> [Int64] {
        let scale = Powers.ofTen(reference.exponent) ?? 1
        var last: Int64 = 0
        return arrivals.indices.map { index in
            last = reference.values[index] ?? last
            return arrivals[index] &- last &* scale
        }
    }
}

/// Which slots of a template are lists.
struct SlotKinds {
    private let lists: [Bool]

    /// - Parameter template: bytes that the scanner wrote.
    init(template: [UInt8]) {
        // The scanner's own bytes always are a template; were they not, the comparison after encoding would tell.
        lists =
            (try? Template(template)).map { template in
                (0..<template.slotCount).map { index in
                    if case .list = template[slot: index] { true } else { false }
                }
            } ?? []
    }

    var count: Int { lists.count }

    func isList(_ slot: Int) -> Bool { lists[slot] }
}
