/// How many values were replaced, by the kind of place that they stood in.
public struct RedactionCounts: Sendable, Hashable {
    /// Kinds of places.
    public enum Place: String, Sendable, CaseIterable {
        /// User properties whose name says that they hold a secret.
        case properties
        /// Members of payloads whose name or place says so.
        case members
        /// Parts of addresses: parameters of signed ones, passwords.
        case addresses
        /// Secrets that were seen elsewhere and stood verbatim in other text: in a payload, topic or property.
        case literals
    }

    private var numbers = InlineArray<4, Int64>(repeating: 0)

    /// Nothing replaced.
    public init() {}

    /// The number of one kind of place.
    public subscript(place: Place) -> Int64 {
        get { numbers[Self.index(place)] }
        set { numbers[Self.index(place)] = newValue }
    }

    /// All together.
    public var total: Int64 { numbers[0] &+ numbers[1] &+ numbers[2] &+ numbers[3] }

    /// Adds other numbers.
    public mutating func add(_ other: RedactionCounts) {
        for place in Place.allCases { self[place] &+= other[place] }
    }

    /// Two counts are equal when all of their numbers are.
    public static func == (left: RedactionCounts, right: RedactionCounts) -> Bool {
        Place.allCases.allSatisfy { left[$0] == right[$0] }
    }

    /// Feeds the numbers.
    public func hash(into hasher: inout Hasher) {
        for place in Place.allCases { hasher.combine(self[place]) }
    }

    private static func index(_ place: Place) -> Int {
        switch place {
        case .properties: 0
        case .members: 1
        case .addresses: 2
        case .literals: 3
        }
    }
}
