import Terminal

/// What stands before a word of a legend.
enum Sample: Hashable {
    case series(Int)
    case reach(Int)
    case state(Int)
    /// Several states within a column.
    case several
    case event(Int)
    case gap
}

/// Words with their samples, set into lines.
struct Legend {
    /// A word and where it stands.
    struct Item {
        let sample: Sample?
        let text: DisplayText
        let isHeading: Bool
        let line: Int
        /// From the legend's left edge.
        let x: Int
    }

    /// A word that is to be set.
    struct Entry {
        let sample: Sample?
        let text: String
        var isHeading = false
    }

    private(set) var items: [Item] = []
    private(set) var lines = 0

    /// Sets the words into at most so many lines; the last one says how many found no room.
    init(_ entries: [Entry], width: Int, maximumLines: Int, metrics: Metrics) {
        guard maximumLines > 0, width > 0, !entries.isEmpty else { return }
        lines = 1
        var x = 0
        let space = Int(ceiling: metrics.advance * 2)
        for (index, entry) in entries.enumerated() {
            let room = entry.sample == nil ? 0 : metrics.sample
            var text = metrics.plain(entry.text)
            // One word shall leave room for others.
            if !entry.isHeading { text = metrics.cut(text, to: max(width / 2, width - space * 8)) }
            text = metrics.cut(text, to: width - room)
            let isLast = index == entries.count - 1
            let more = metrics.plain("+\(entries.count - index) more")
            let reserve = isLast || lines < maximumLines ? 0 : space + metrics.width(more)
            if x > 0, x + room + metrics.width(text) + reserve > width {
                if lines == maximumLines {
                    if x + metrics.width(more) <= width {
                        items.append(Item(sample: nil, text: more, isHeading: false, line: lines - 1, x: x))
                    }
                    return
                }
                lines += 1
                x = 0
            }
            items.append(Item(sample: entry.sample, text: text, isHeading: entry.isHeading, line: lines - 1, x: x))
            x += room + metrics.width(text) + space
        }
    }
}
