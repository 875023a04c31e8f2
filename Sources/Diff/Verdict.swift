/// How a message of one tape differs from its counterpart on the other.
public enum Verdict: String, CaseIterable, Sendable, Hashable, Comparable {
    /// On the base only.
    case missing
    /// On the candidate only.
    case extra
    /// On both, with another content.
    case changed
    /// On both with the same content, but at another place among the messages of its device and kind.
    case reordered
    /// On both with the same content, in order, but at another time than its cause or the run asks for.
    case late

    /// Orders by gravity, the gravest first.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .missing: 0
        case .extra: 1
        case .changed: 2
        case .reordered: 3
        case .late: 4
        }
    }
}
