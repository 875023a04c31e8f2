internal import Glibc

/// The reader of the output went away (`EPIPE`), as `head` does when it has seen enough: a reason to end quietly.
public struct OutputClosed: Error, Hashable, CustomStringConvertible {
    /// An error without further detail.
    public init() {}

    /// One sentence for a person.
    public var description: String { "nobody reads the output any more" }
}

/// The output could not be written.
public struct OutputFailure: Error, Hashable, CustomStringConvertible {
    /// The `errno` value of the write.
    public var code: Int32

    /// An error for an `errno` value.
    public init(code: Int32) {
        self.code = code
    }

    /// One sentence for a person.
    public var description: String {
        switch code {
        case ENOSPC, EDQUOT:
            "the output could not be written (\(reason)): free some space or write to another disk"
        default: "the output could not be written: \(reason)"
        }
    }

    private var reason: String {
        var text = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
