@testable import Recorder

extension LossWatch {
    /// The rows that are to be stored now, numbered as if they were.
    mutating func storedRows() -> [Row] {
        var found: [Row] = []
        storeRows { row in
            found.append(row)
            return Int64(found.count)
        }
        return found
    }
}
