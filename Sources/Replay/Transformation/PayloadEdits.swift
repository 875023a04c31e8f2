/// Replacements of parts of a payload, collected front to back and then put in at once; memory is used again.
struct PayloadEdits {
    private struct Edit {
        var range: Range<Int>
        /// Where the new bytes lie in ``text``.
        var text: Range<Int>
    }

    private var edits: [Edit] = []
    private var text: [UInt8] = []

    var isEmpty: Bool { edits.isEmpty }

    mutating func removeAll() {
        edits.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
    }

    /// Notes a replacement, which must not lie before the one noted last.
    mutating func replace(_ range: Range<Int>, with bytes: some Collection<UInt8>) {
        let start = text.count
        text.append(contentsOf: bytes)
        edits.append(Edit(range: range, text: start..<text.count))
    }

    /// Moves the edits from some number on to where the text that they were found in comes from.
    mutating func translate(from first: Int, _ place: (Range<Int>) -> Range<Int>) {
        for index in first..<edits.count { edits[index].range = place(edits[index].range) }
    }

    var count: Int { edits.count }

    /// Forgets the edits from some number on.
    mutating func removeSuffix(from first: Int) {
        edits.removeSubrange(first...)
    }

    /// The payload with everything put in.
    func applied(to payload: [UInt8]) -> [UInt8] {
        let change = edits.reduce(0) { $0 + $1.text.count - $1.range.count }
        var result: [UInt8] = []
        result.reserveCapacity(payload.count + change)
        var copied = 0
        for edit in edits {
            result.append(contentsOf: payload[copied..<edit.range.lowerBound])
            result.append(contentsOf: text[edit.text])
            copied = edit.range.upperBound
        }
        result.append(contentsOf: payload[copied...])
        return result
    }
}
