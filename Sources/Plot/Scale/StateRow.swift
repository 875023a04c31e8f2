/// What is seen of one row of states on so many equal columns.
///
/// A state that is shorter than a column is still seen in one; where several such states share a column, it says so
/// instead of choosing one.
struct StateRow {
    /// A state and when it held (ns since the Unix epoch).
    struct Interval {
        let range: Range<Int64>
        let state: Int
        let isOpen: Bool
    }

    /// Neighbouring columns that show the same.
    struct Block {
        let columns: Range<Int>
        /// The state's number; nil where several changed within a column.
        let state: Int?
        /// When the states behind it held, ns since the Unix epoch.
        let range: Range<Int64>
        /// Whether the state still held at the end of the window.
        let isOpen: Bool
    }

    private(set) var blocks: [Block] = []

    init(_ intervals: [Interval], scale: TimeScale, columns: Int) {
        guard columns > 0 else { return }
        var owners = [Owner](repeating: .none, count: columns)
        var short: [(column: Int, index: Int)] = []
        for (index, interval) in intervals.enumerated() {
            let range = interval.range
            guard range.upperBound > scale.window.lowerBound, range.lowerBound < scale.window.upperBound else {
                continue
            }
            let start = Int(nearest: scale.fraction(range.lowerBound) * Double(columns))
            let end = Int(nearest: scale.fraction(range.upperBound) * Double(columns))
            if start < end {
                for column in start..<end { owners[column] = .one(index) }
            } else {
                short.append((scale.column(range.lowerBound, of: columns), index))
            }
        }
        var previous = -1
        for (column, index) in short {
            // The first short state of a column hides a long one, the second one shows that there are several.
            if column != previous {
                owners[column] = .one(index)
            } else if case .one(let other) = owners[column], intervals[other].state != intervals[index].state {
                owners[column] = .several(other, index)
            } else if case .several(let first, _) = owners[column] {
                owners[column] = .several(first, index)
            }
            previous = column
        }
        for column in 0..<columns { append(owners[column], at: column, intervals) }
    }

    private mutating func append(_ owner: Owner, at column: Int, _ intervals: [Interval]) {
        let block: Block
        switch owner {
        case .none: return
        case .one(let index):
            let interval = intervals[index]
            block = Block(
                columns: column..<column + 1, state: interval.state, range: interval.range, isOpen: interval.isOpen)
        case .several(let first, let last):
            let low = min(intervals[first].range.lowerBound, intervals[last].range.lowerBound)
            let high = max(intervals[first].range.upperBound, intervals[last].range.upperBound)
            block = Block(columns: column..<column + 1, state: nil, range: low..<high, isOpen: false)
        }
        if let last = blocks.last, last.columns.upperBound == column, last.state == block.state {
            let low = min(last.range.lowerBound, block.range.lowerBound)
            let high = max(last.range.upperBound, block.range.upperBound)
            blocks[blocks.count - 1] = Block(
                columns: last.columns.lowerBound..<column + 1, state: last.state, range: low..<high,
                isOpen: block.isOpen)
        } else {
            blocks.append(block)
        }
    }

    private enum Owner {
        case none
        case one(Int)
        case several(Int, Int)
    }
}
