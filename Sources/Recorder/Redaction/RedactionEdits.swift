/// Replacements of parts of a text, put in all at once.
struct RedactionEdits {
    private struct Edit {
        var range: Range<Int>
        var text: [UInt8]
        var place: RedactionCounts.Place
    }

    private var edits: [Edit] = []

    var isEmpty: Bool { edits.isEmpty }
    var count: Int { edits.count }

    mutating func removeAll() {
        edits.removeAll(keepingCapacity: true)
    }

    mutating func replace(_ range: Range<Int>, with text: [UInt8], _ place: RedactionCounts.Place) {
        edits.append(Edit(range: range, text: text, place: place))
    }

    /// Moves the edits from some number on to where the text that they were found in comes from.
    mutating func translate(from first: Int, _ place: (Range<Int>) -> Range<Int>) {
        for index in first..<edits.count { edits[index].range = place(edits[index].range) }
    }

    /// Forgets the edits from some number on.
    mutating func removeSuffix(from first: Int) {
        edits.removeSubrange(first...)
    }

    /// The text with everything put in, and what that was; edits that overlap count as one.
    func applied(to text: [UInt8], counting counts: inout RedactionCounts) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + edits.count * 48)
        var copied = 0
        // A member's value may become known as a secret only by what stands behind it.
        for edit in edits.sorted(by: Self.comesFirst) {
            guard edit.range.upperBound <= text.count else { continue }
            guard edit.range.lowerBound >= copied else {
                // What a later edit would have taken beyond the end of this one goes too.
                copied = max(copied, edit.range.upperBound)
                continue
            }
            result.append(contentsOf: text[copied..<edit.range.lowerBound])
            result.append(contentsOf: edit.text)
            copied = edit.range.upperBound
            counts[edit.place] += 1
        }
        result.append(contentsOf: text[copied...])
        return result
    }

    /// Of two edits at one place the larger one, or else a part of a secret would stay.
    private static func comesFirst(_ left: Edit, _ right: Edit) -> Bool {
        left.range.lowerBound == right.range.lowerBound
            ? left.range.upperBound > right.range.upperBound : left.range.lowerBound < right.range.lowerBound
    }
}
