/// Lays two short sequences upon each other so that as little as possible is left without counterpart.
struct SequenceAlignment {
    /// What becomes of the next message of one or both sequences.
    enum Step: Equatable {
        case pair
        case baseOnly
        case candidateOnly
    }

    /// What it costs that a message has no counterpart.
    private static let single: Float = 1
    /// What it costs that a message stands behind the end of the other sequence: its counterpart may still come, but if
    /// that were free, nothing that differs would ever be a pair.
    private static let ahead: Float = 0.9

    /// The cheapest way through both sequences.
    ///
    /// - Parameters:
    ///   - base: messages of the base.
    ///   - candidate: messages of the candidate.
    ///   - isOpen: whether more will follow, so that what is left over at one end costs less.
    ///   - cost: what a pair costs; nil where the two cannot be one.
    /// - Returns: the steps from the beginning; where more will follow, up to the end of one sequence.
    static func steps(
        base: Int, candidate: Int, isOpen: Bool, cost: (Int, Int) -> Float?
    ) -> [Step] {
        let width = candidate + 1
        var choices = [UInt8](repeating: 0, count: (base + 1) * width)
        var above = (0...candidate).map { Float($0) * single }
        var row = above
        var bestEnd = (cost: Float.infinity, base: base, candidate: candidate)
        func consider(_ end: Float, _ i: Int, _ j: Int) {
            let value = end + ahead * Float(base - i + candidate - j)
            // Of equal costs the end that has come furthest.
            if value < bestEnd.cost || (value == bestEnd.cost && i + j > bestEnd.base + bestEnd.candidate) {
                bestEnd = (value, i, j)
            }
        }
        for j in 1..<max(1, width) { choices[j] = 2 }
        if isOpen { consider(above[candidate], 0, candidate) }
        for i in stride(from: 1, through: base, by: 1) {
            row[0] = Float(i) * single
            choices[i * width] = 1
            for j in stride(from: 1, through: candidate, by: 1) {
                var value = above[j] + single
                var choice: UInt8 = 1
                if row[j - 1] + single < value {
                    value = row[j - 1] + single
                    choice = 2
                }
                if let pair = cost(i - 1, j - 1), above[j - 1] + pair <= value {
                    value = above[j - 1] + pair
                    choice = 3
                }
                row[j] = value
                choices[i * width + j] = choice
            }
            if isOpen {
                if i == base {
                    for j in 0...candidate { consider(row[j], i, j) }
                } else {
                    consider(row[candidate], i, candidate)
                }
            }
            swap(&above, &row)
        }
        var (i, j) = isOpen ? (bestEnd.base, bestEnd.candidate) : (base, candidate)
        var steps: [Step] = []
        while i > 0 || j > 0 {
            switch choices[i * width + j] {
            case 3:
                steps.append(.pair)
                i -= 1
                j -= 1
            case 2 where j > 0:
                steps.append(.candidateOnly)
                j -= 1
            default:
                // Only the first row has no way upwards, and its choices lead to the left.
                guard i > 0 else { return steps.reversed() }
                steps.append(.baseOnly)
                i -= 1
            }
        }
        return steps.reversed()
    }
}
