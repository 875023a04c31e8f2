/// A read-only table whose rows a program makes (https://www.sqlite.org/vtab.html).
///
/// It can be asked under its name without being created first, and with arguments for its hidden columns:
/// `SELECT * FROM name('argument')`. Everything about it belongs to the thread that uses the connection.
public protocol VirtualTable: AnyObject {
    /// The columns as a `CREATE TABLE` statement.
    var declaration: String { get }

    /// Decides how rows shall be found.
    ///
    /// - Parameter question: what is wanted; takes the table's promises.
    /// - Returns: a text that tells ``VirtualCursor/begin(_:_:)`` what was decided; nil where the usable constraints do
    ///   not suffice for any answer.
    /// - Throws: ``TableError`` where the question makes no sense.
    func plan(_ question: TableQuestion) throws -> String?

    /// Makes what goes through the rows.
    func open() throws -> VirtualCursor
}

/// Goes through the rows of a table, perhaps more than once.
///
/// Implementation note: a class to inherit from and no protocol, so that C code can hold it without a box in between.
open class VirtualCursor {
    /// Makes a cursor that has no rows.
    public init() {}

    /// Begins anew and stands before the first row, or at the end.
    ///
    /// - Parameters:
    ///   - plan: what ``VirtualTable/plan(_:)`` answered.
    ///   - arguments: the values of the constraints that it took.
    /// - Throws: any error; its description is shown to whoever asked.
    open func begin(_ plan: String, _ arguments: SQLArguments) throws {}

    /// Whether there is no row.
    open var isAtEnd: Bool { true }

    /// Moves on to the next row, or to the end.
    ///
    /// - Throws: any error; its description is shown to whoever asked.
    open func advance() throws {}

    /// Gives the value of a column of the row.
    ///
    /// - Throws: any error; its description is shown to whoever asked.
    open func read(_ column: Int, into cell: ResultCell) throws {}

    /// A number of the row within the scan.
    open var rowID: Int64 { 0 }
}
