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

    private var properties: Int64 = 0
    private var members: Int64 = 0
    private var addresses: Int64 = 0
    private var literals: Int64 = 0

    /// Nothing replaced.
    public init() {}

    /// The number of one kind of place.
    public subscript(place: Place) -> Int64 {
        get {
            switch place {
            case .properties: properties
            case .members: members
            case .addresses: addresses
            case .literals: literals
            }
        }
        set {
            switch place {
            case .properties: properties = newValue
            case .members: members = newValue
            case .addresses: addresses = newValue
            case .literals: literals = newValue
            }
        }
    }

    /// All together.
    public var total: Int64 { properties &+ members &+ addresses &+ literals }

    /// Adds other numbers.
    public mutating func add(_ other: RedactionCounts) {
        for place in Place.allCases { self[place] &+= other[place] }
    }

    /// What has come since earlier numbers.
    func since(_ earlier: RedactionCounts) -> RedactionCounts {
        var difference = self
        for place in Place.allCases { difference[place] &-= earlier[place] }
        return difference
    }
}
