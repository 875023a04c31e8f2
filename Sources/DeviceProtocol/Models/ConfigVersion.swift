/// The version of a configuration, which some messages send as a number and others as text.
public struct ConfigVersion: Hashable, Sendable, CustomStringConvertible {
    /// The version as written.
    public var text: String

    /// Takes a version as written.
    public init(_ text: String) {
        self.text = text
    }

    /// The version as a number where it is one; versions of one device are to be compared by it.
    public var number: Int64? { Int64(text) }

    /// The version as written.
    public var description: String { text }
}
