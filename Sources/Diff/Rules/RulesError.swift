/// Why a text is no set of rules.
public struct RulesError: Error, Hashable, CustomStringConvertible {
    /// The place in the file: `ignore[2].pointer`; empty for the file as a whole.
    public var place: String
    /// What is wrong there, and what would be right.
    public var reason: String

    /// One sentence for a person, without the name of the file.
    public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}
