/// Finds known texts where they stand as whole tokens, and what is to take their place.
///
/// A token ends where its neighbour is no letter, digit, `_`, `-` or character beyond ASCII. A text of fewer than
/// ``shortest`` bytes is too common a word for that: it is found only where it is the whole value, or a whole level
/// between slashes, and never as the name of a member.
struct TokenTable: Sendable {
    /// What to look for, and what stands for it.
    struct Entry: Sendable {
        let source: [UInt8]
        let target: [UInt8]
        /// Where the first run of word bytes lies in the source.
        fileprivate let run: Range<Int>
    }

    /// Where the text that is searched stands.
    enum Place {
        /// A string's content as JSON spells it: a backslash begins an escape.
        case jsonValue
        /// A member's name as JSON spells it.
        case jsonName
        /// Bytes that mean themselves.
        case plain
    }

    /// A text that was found.
    struct Match {
        var range: Range<Int>
        var entry: Int
    }

    /// Bytes from which on a text is distinct enough to be found among others.
    static let shortest = 8

    private(set) var entries: [Entry] = []
    private var buckets: [Int: [Int]] = [:]
    /// Lengths of first runs, by bit; the last bit is for all that are longer.
    private var lengths: UInt64 = 0
    private var shortestRun = Int.max

    init() {}

    var isEmpty: Bool { entries.isEmpty }

    /// Adds a text; one without any word byte is never found.
    mutating func add(_ source: [UInt8], target: [UInt8]) {
        guard let start = source.firstIndex(where: Self.isWord) else { return }
        let end = source[start...].firstIndex { !Self.isWord($0) } ?? source.count
        buckets[Self.hash(source.span.extracting(start..<end)), default: []].append(entries.count)
        entries.append(Entry(source: source, target: target, run: start..<end))
        lengths |= Self.bit(end - start)
        shortestRun = min(shortestRun, end - start)
    }

    /// The entry whose source is exactly that text.
    func entry(_ text: Span<UInt8>) -> Int? {
        guard let start = (0..<text.count).first(where: { Self.isWord(text[$0]) }) else { return nil }
        var end = start
        while end < text.count, Self.isWord(text[end]) { end += 1 }
        guard let bucket = buckets[Self.hash(text.extracting(start..<end))] else { return nil }
        return bucket.first { entries[$0].source.count == text.count && matches(entries[$0], text, at: 0) }
    }

    /// Appends what is found in a part of a text, in order and without overlaps.
    func find(in text: Span<UInt8>, _ range: Range<Int>, _ place: Place, into matches: inout [Match]) {
        guard range.count >= shortestRun else { return }
        var index = range.lowerBound
        var isSpoilt = false
        while index < range.upperBound {
            let byte = text[index]
            if !Self.isWord(byte) {
                let escape = place == .plain ? nil : Self.escape(in: text, at: index, range.upperBound)
                isSpoilt = escape?.isWord ?? false
                index += escape?.length ?? 1
                continue
            }
            let start = index
            repeat { index += 1 } while index < range.upperBound && Self.isWord(text[index])
            let goesOn =
                place != .plain && (Self.escape(in: text, at: index, range.upperBound)?.isWord ?? false)
            if lengths & Self.bit(index - start) != 0, !isSpoilt, !goesOn,
                let match = match(in: text, range, run: start..<index, place)
            {
                matches.append(match)
                index = max(index, match.range.upperBound)
            }
            isSpoilt = false
        }
    }

    /// The longest entry whose first run stands there.
    private func match(in text: Span<UInt8>, _ range: Range<Int>, run: Range<Int>, _ place: Place) -> Match? {
        guard let bucket = buckets[Self.hash(text.extracting(run))] else { return nil }
        var best: Match?
        for index in bucket {
            let entry = entries[index]
            let start = run.lowerBound - entry.run.lowerBound
            let end = start + entry.source.count
            guard start >= range.lowerBound, end <= range.upperBound, matches(entry, text, at: start) else { continue }
            if end < range.upperBound, Self.isWord(text[end - 1]), Self.isWord(text[end]) { continue }
            if entry.source.count < Self.shortest {
                guard place != .jsonName, isLevel(text, range, start..<end, place) else { continue }
            }
            if entry.source.count > best?.range.count ?? 0 { best = Match(range: start..<end, entry: index) }
        }
        return best
    }

    private func isLevel(_ text: Span<UInt8>, _ whole: Range<Int>, _ part: Range<Int>, _ place: Place) -> Bool {
        let slash = UInt8(ascii: "/")
        guard part.lowerBound == whole.lowerBound || text[part.lowerBound - 1] == slash else { return false }
        if part.upperBound == whole.upperBound || text[part.upperBound] == slash { return true }
        return place != .plain && part.upperBound + 1 < whole.upperBound
            && text[part.upperBound] == UInt8(ascii: "\\") && text[part.upperBound + 1] == slash
    }

    private func matches(_ entry: Entry, _ text: Span<UInt8>, at start: Int) -> Bool {
        for index in entry.source.indices where text[start + index] != entry.source[index] { return false }
        return true
    }

    /// An escape's length, and whether it stands for a byte of a word.
    private static func escape(in text: Span<UInt8>, at index: Int, _ end: Int) -> (length: Int, isWord: Bool)? {
        guard index + 1 < end, text[index] == UInt8(ascii: "\\") else { return nil }
        guard text[index + 1] == UInt8(ascii: "u"), index + 5 < end else { return (2, false) }
        var unit: UInt16 = 0
        for digit in index + 2..<index + 6 {
            let byte = text[digit] | 0x20
            let value = byte >= UInt8(ascii: "a") ? byte &- UInt8(ascii: "a") &+ 10 : byte &- UInt8(ascii: "0")
            // Upper-case digits lose nothing by the bit that makes letters lower case; 0 to 9 have it already.
            unit = unit << 4 | UInt16(value & 0xf)
        }
        return (6, unit >= 0x80 || isWord(UInt8(truncatingIfNeeded: unit)))
    }

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

    private static func hash(_ run: Span<UInt8>) -> Int {
        var hasher = Hasher()
        run.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
            true
        default: false
        }
    }
}
