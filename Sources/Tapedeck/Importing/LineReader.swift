import Glibc

/// Cuts what a descriptor gives into lines, through one large buffer.
///
/// The buffer grows for a long line up to a limit and shrinks again, so that memory does not depend on the input.
struct LineReader: ~Copyable {
    /// What comes next.
    enum Next: Hashable {
        /// A line, as a range of ``buffer`` without its line feed; valid until the next call.
        case line(Range<Int>)
        /// A line beyond the limit; its bytes were passed over.
        case tooLong
        /// The end of the input.
        case end
    }

    /// Fills a buffer and answers how many bytes it got; 0 at the end.
    typealias Read = (UnsafeMutableRawBufferPointer) throws(ImportError) -> Int

    /// Bytes in a line at most: more than the largest MQTT payload takes in Base64.
    static let longestLine = 512 << 20
    /// Bytes that are read at once.
    static let chunk = 1 << 20

    /// The bytes that lines are ranges of.
    private(set) var buffer: [UInt8]
    /// The number of the line given last, from 1.
    private(set) var number = 0
    /// The place of its first byte in the input.
    private(set) var offset = 0

    private let read: Read
    private let limit: Int
    private let chunk: Int
    /// Bytes of the buffer that hold input.
    private var filled = 0
    /// Where the next line begins in the buffer.
    private var next = 0
    /// The place of the buffer's first byte in the input.
    private var base = 0
    private var isAtEnd = false

    /// A reader over anything that fills a buffer.
    init(limit: Int = longestLine, chunk: Int = chunk, read: @escaping Read) {
        self.read = read
        self.limit = max(1, limit)
        self.chunk = max(1, chunk)
        buffer = [UInt8](repeating: 0, count: self.chunk)
    }

    /// Bytes of the input that were read so far.
    var bytesRead: Int { base + filled }

    /// Moves on to the next line.
    ///
    /// - Throws: ``ImportError/unreadable(file:reason:)``.
    mutating func advance() throws(ImportError) -> Next {
        var searched = next
        var isTooLong = false
        offset = base + next
        while true {
            if let feed = lineFeed(from: searched) {
                return take(through: feed, isTooLong)
            }
            if isAtEnd {
                guard filled > next || isTooLong else { return .end }
                return take(through: filled, isTooLong)
            }
            if filled - next > limit {
                isTooLong = true
                next = filled
            }
            // What was searched moves to the front of the buffer.
            searched = filled - next
            try refill()
        }
    }

    /// The first bytes of the input, at most `count`; to be asked before the first line.
    ///
    /// - Throws: ``ImportError/unreadable(file:reason:)``.
    mutating func peek(_ count: Int) throws(ImportError) -> ArraySlice<UInt8> {
        while filled < count, !isAtEnd { try refill() }
        return buffer[..<min(count, filled)]
    }

    /// Passes over the first bytes of the input.
    mutating func skip(_ count: Int) {
        next = min(count, filled)
    }

    private mutating func take(through end: Int, _ isTooLong: Bool) -> Next {
        let line = next..<end
        next = min(end + 1, filled)
        number += 1
        return isTooLong || line.count > limit ? .tooLong : .line(line)
    }

    private func lineFeed(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard start < filled, let first = bytes.baseAddress,
                let found = memchr(first + start, Int32(UInt8(ascii: "\n")), filled - start)
            else { return nil }
            return UnsafeRawPointer(found) - first
        }
    }

    /// Moves what was not given yet to the front and reads more behind it.
    private mutating func refill() throws(ImportError) {
        let rest = filled - next
        if buffer.count > 4 * chunk, rest < chunk {
            // The long line is over.
            buffer = Array(buffer[next..<filled]) + [UInt8](repeating: 0, count: chunk - rest)
        } else if next > 0 {
            let start = next
            buffer.withUnsafeMutableBytes { bytes in
                guard let first = bytes.baseAddress else { return }
                _ = memmove(first, first + start, rest)
            }
        }
        base += next
        next = 0
        filled = rest
        if filled == buffer.count { buffer += [UInt8](repeating: 0, count: max(chunk, buffer.count)) }
        let count = try fill()
        filled += count
        isAtEnd = count == 0
    }

    private mutating func fill() throws(ImportError) -> Int {
        var failure: ImportError?
        let start = filled
        let read = read
        let count = buffer.withUnsafeMutableBytes { bytes in
            do throws(ImportError) {
                return try read(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return count
    }
}
