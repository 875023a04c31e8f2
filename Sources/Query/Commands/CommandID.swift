import Tape

/// What a command is called by; the same as another only when the bytes of the text are.
enum CommandID: Hashable {
    case uuid(UUIDText)
    /// Never the text of a UUID as ``uuid(_:)`` has it.
    case other(ByteText)

    init(_ text: String) {
        self = UUIDText(text).map { .uuid($0) } ?? .other(ByteText(text))
    }

    /// An id as payloads have it; nil where it is empty.
    init?(unlessEmpty text: String?) {
        guard let text, !text.isEmpty else { return nil }
        self.init(text)
    }

    var text: String {
        switch self {
        case .uuid(let uuid): uuid.text
        case .other(let text): text.text
        }
    }
}
