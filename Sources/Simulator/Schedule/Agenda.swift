/// What is to be done later, taken out in the order of its time; what has the same time keeps the order in which it was
/// put in.
struct Agenda<Item: Sendable>: Sendable {
    private struct Entry {
        let due: Int64
        let sequence: UInt64
        let item: Item

        func precedes(_ other: Entry) -> Bool {
            (due, sequence) < (other.due, other.sequence)
        }
    }

    /// A binary heap, the earliest entry at its root.
    private var heap: [Entry] = []
    private var sequence: UInt64 = 0

    /// When the earliest item is due, ns since the start of the simulation.
    var nextDue: Int64? { heap.first?.due }

    mutating func add(_ item: Item, at due: Int64) {
        heap.append(Entry(due: due, sequence: sequence, item: item))
        sequence &+= 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popFirst() -> (due: Int64, item: Item)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.due, first.item)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
