import CSQLite

/// Why a table or a function has no answer; SQLite shows the sentence to whoever asked.
public struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    public var description: String
    /// The result code (https://www.sqlite.org/rescode.html).
    var code: Int32

    /// Makes an error from a sentence.
    public init(_ description: String) {
        self.init(description, code: SQLITE_ERROR)
    }

    init(_ description: String, code: Int32) {
        self.description = description
        self.code = code
    }

    /// The work was called off.
    public static var interrupted: TableError { TableError("interrupted", code: SQLITE_INTERRUPT) }

    /// Takes any error; its description becomes the sentence.
    init(_ error: any Error) {
        self = error as? TableError ?? TableError("\(error)")
    }
}
