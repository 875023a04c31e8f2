/// Colours by what they mean, or none at all.
public struct Style: Sendable, Hashable {
    /// What a piece of text is.
    public enum Role: Sendable, Hashable, CaseIterable {
        /// The title of a section or of a column.
        case heading
        /// As it should be.
        case good
        /// Worth a look.
        case warning
        /// Broken or lost.
        case bad
        /// Less important than its surroundings.
        case dim
        /// The thing the reader asked for.
        case accent
    }

    /// Text without any colours.
    public static let plain = Style(isEnabled: false)

    /// Whether colours are written.
    public let isEnabled: Bool

    /// A style that writes colours, or does not.
    public init(isEnabled: Bool) {
        self.isEnabled = isEnabled
    }

    /// Text in a role's colours, with the colours as they were after it.
    ///
    /// The text is not looked into: what comes from outside goes through ``DisplayText`` first.
    public func paint(_ text: String, _ role: Role?) -> String {
        guard isEnabled, let role, !text.isEmpty else { return text }
        return "\u{1b}[\(Self.rendition(role))m\(text)\u{1b}[0m"
    }

    /// Only the eight colours that every terminal lets its owner choose, so that the text is readable on any background
    /// (Select Graphic Rendition, ECMA-48 §8.3.117).
    private static func rendition(_ role: Role) -> String {
        switch role {
        case .heading: "1"
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        case .dim: "2"
        case .accent: "36"
        }
    }
}
