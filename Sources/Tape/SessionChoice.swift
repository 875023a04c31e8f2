/// Which sessions of a tape are wanted: all, some, or all but some.
public struct SessionChoice: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// The sessions that are wanted; empty for all.
    public var chosen: Set<Int64>
    /// The sessions that are not wanted, chosen or not.
    public var leftOut: Set<Int64> = []

    /// Chooses some sessions; none stands for all.
    public init(_ chosen: Set<Int64> = []) {
        self.chosen = chosen
    }

    /// Chooses some sessions; none stands for all.
    public init(arrayLiteral elements: Int64...) {
        chosen = Set(elements)
    }

    /// Whether every session is wanted.
    public var isEmpty: Bool { chosen.isEmpty && leftOut.isEmpty }

    /// Whether a session is wanted.
    public func contains(_ session: Int64) -> Bool {
        (chosen.isEmpty || chosen.contains(session)) && !leftOut.contains(session)
    }

    /// What a SQL condition on a column says; empty where every session is wanted.
    func sql(_ column: String) -> String {
        func list(_ sessions: Set<Int64>) -> String { sessions.sorted().map(String.init).joined(separator: ",") }
        let conditions = [
            chosen.isEmpty ? nil : "\(column) IN (\(list(chosen)))",
            leftOut.isEmpty ? nil : "\(column) NOT IN (\(list(leftOut)))",
        ]
        return conditions.compactMap(\.self).joined(separator: " AND ")
    }
}
