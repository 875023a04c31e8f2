/// Where the columns of a segment get their bytes from.
final class SegmentSource {
    private let streams: StreamReader
    private let poolStream: Int
    private let dictionary: any DictionaryReader
    private var restoredPool: [UInt8]?

    init(streams: StreamReader, pool: Int, dictionary: any DictionaryReader) {
        self.streams = streams
        poolStream = pool
        self.dictionary = dictionary
    }

    func stream(_ index: Int) throws(SegmentDamage) -> [UInt8] {
        try streams.stream(index)
    }

    /// The bytes of a literal.
    func bytes(of literal: Literal) throws(SegmentDamage) -> [UInt8] {
        switch literal {
        case .own(let bytes): bytes
        case .shared(let number): try dictionary.string(number)
        }
    }

    /// Restores integers.
    ///
    /// - Parameters:
    ///   - field: what the directory says of them.
    ///   - runs: lengths of the runs.
    ///   - wanted: for each run whether its integers are needed; the others are 0.
    /// - Returns: as many as the runs are long.
    /// - Throws: ``SegmentDamage`` where they cannot be restored.
    func integers(_ field: IntegerField, runs: [Int], wanted: [Bool]?) throws(SegmentDamage) -> [Int64] {
        let count = runs.reduce(0, +)
        switch field {
        case .none:
            guard count == 0 else { throw SegmentDamage("\(count) integers are missing") }
            return []
        case .constant(let value): return Array(repeating: value, count: count)
        case .column(let parameters, let symbols, let bits):
            let encoded = EncodedIntegers(
                parameters: parameters, symbols: try streams.stream(symbols), bits: try streams.stream(bits))
            do {
                return try IntegerColumn.decode(encoded, count: count, runs: runs, wanted: wanted)
            } catch {
                throw SegmentDamage(error)
            }
        }
    }

    /// The UUIDs of the segment, 16 bytes each.
    func pool() throws(SegmentDamage) -> [UInt8] {
        if let restoredPool { return restoredPool }
        let bytes = try streams.stream(poolStream)
        restoredPool = bytes
        return bytes
    }
}
