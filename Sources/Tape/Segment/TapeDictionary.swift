/// What recurs on a tape and is stored once: topics, templates and strings, each under a number from 1.
///
/// The sealer holds all three in memory to look them up by content; their size is bounded, and what comes after the
/// bound is kept inside of each segment.
struct TapeDictionary {
    /// One of the three tables.
    struct Table {
        private var entries = ByteTable()
        /// Numbers as the tape has them, by position.
        private var numbers: [Int64] = []
        private var lastNumber: Int64 = 0
        /// How many entries, from the front, stand on the tape.
        private(set) var storedCount = 0
        private let countLimit: Int
        private let sizeLimit: Int

        init(countLimit: Int, sizeLimit: Int) {
            self.countLimit = countLimit
            self.sizeLimit = sizeLimit
        }

        /// Takes an entry that stands on the tape; nil for one that cannot be read.
        mutating func load(_ bytes: [UInt8]?, number: Int64) {
            lastNumber = max(lastNumber, number)
            guard let bytes else { return }
            // A tape that names the same bytes twice stays readable; only one of them is used from now on.
            guard entries.insert(bytes.span).isNew else { return }
            numbers.append(number)
            storedCount = numbers.count
        }

        /// The bytes under a number of the tape, or nil where there are none.
        func bytes(_ number: Int64) -> [UInt8]? {
            // Numbers ascend, so that the position is found by halving.
            var low = 0
            var high = numbers.count
            while low < high {
                let middle = (low + high) / 2
                if numbers[middle] < number { low = middle + 1 } else { high = middle }
            }
            guard low < numbers.count, numbers[low] == number else { return nil }
            return Array(entries[low])
        }

        /// The number of an entry, or nil where there is none.
        func number(of key: Span<UInt8>) -> Int64? {
            entries.number(of: key).map { numbers[$0] }
        }

        /// The number of an entry, which is made if it is new; nil where there is no more room.
        mutating func intern(_ key: Span<UInt8>) -> Int64? {
            if let known = entries.number(of: key) { return numbers[known] }
            guard numbers.count < countLimit, entries.bytes.count + key.count <= sizeLimit else { return nil }
            _ = entries.insert(key)
            lastNumber += 1
            numbers.append(lastNumber)
            return lastNumber
        }

        /// The entries that the tape does not have yet.
        var added: [(number: Int64, bytes: ArraySlice<UInt8>)] {
            (storedCount..<numbers.count).map { (numbers[$0], entries[$0]) }
        }

        /// Notes that everything stands on the tape.
        mutating func markStored() {
            storedCount = numbers.count
        }
    }

    var topics = Table(countLimit: 1 << 17, sizeLimit: 16 << 20)
    var templates = Table(countLimit: 1 << 13, sizeLimit: 8 << 20)
    var strings = Table(countLimit: 1 << 17, sizeLimit: 16 << 20)

    /// Longer strings are not worth a place in memory.
    static let stringLimit = 4_096

    /// Hashes of strings that were seen once; what is seen again is worth a place on the tape.
    private var seen: Set<UInt64> = []
    private static let seenLimit = 1 << 16
    private let seed = UInt64(0x5ee0_b2f1_77a3_9d45)

    init() {}

    /// Notes that all of it stands on the tape.
    mutating func markStored() {
        topics.markStored()
        templates.markStored()
        strings.markStored()
    }

    /// The number of a string that stands on the tape or that was seen before; nil at the first sight.
    mutating func sight(_ string: Span<UInt8>) -> Int64? {
        if let known = strings.number(of: string) { return known }
        guard string.count <= Self.stringLimit else { return nil }
        if seen.count >= Self.seenLimit { seen.removeAll(keepingCapacity: true) }
        if seen.insert(string.hash(seed: seed)).inserted { return nil }
        return strings.intern(string)
    }

    /// The number of a string that recurs, which gets one if it has none; nil where it is too long or there is no room.
    mutating func intern(_ string: Span<UInt8>) -> Int64? {
        guard string.count <= Self.stringLimit else { return strings.number(of: string) }
        return strings.intern(string)
    }
}
