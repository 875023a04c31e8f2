import CSQLite

/// A function over the rows of a group or of a window (https://www.sqlite.org/windowfunctions.html#udfwinfunc).
///
/// One object for each group; SQLite calls it one call at a time.
public protocol Aggregate: AnyObject {
    /// Takes a row in.
    ///
    /// - Throws: any error; its description is shown to whoever asked.
    func add(_ arguments: SQLArguments) throws
    /// Takes the oldest row of a window out again; the same arguments as when it came in.
    ///
    /// - Throws: any error; its description is shown to whoever asked.
    func remove(_ arguments: SQLArguments) throws
    /// Gives the result over the rows that are in.
    ///
    /// - Throws: any error; its description is shown to whoever asked.
    func result(into cell: ResultCell) throws
}

extension DatabaseHandle {
    /// Defines an aggregate function, which is a window function too.
    ///
    /// The same arguments must give the same result.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - arguments: how many arguments it takes.
    ///   - make: makes what works on a group.
    /// - Throws: ``SQLiteError`` where SQLite refuses it.
    public func define(
        _ name: String, arguments: Int32, aggregate make: @escaping () -> any Aggregate
    ) throws(SQLiteError) {
        let owner = Unmanaged.passRetained(AggregateMaker(make))
        // SQLite gives the reference back, also when this call fails.
        let code = sqlite3_create_window_function(
            pointer, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, owner.toOpaque(),
            aggregateStep,
            aggregateFinal, aggregateValue, aggregateInverse
        ) { owner in
            if let owner { Unmanaged<AggregateMaker>.fromOpaque(owner).release() }
        }
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Defines a function of single values.
    ///
    /// The same arguments must give the same result.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - arguments: how many arguments it takes.
    ///   - body: gives the result.
    /// - Throws: ``SQLiteError`` where SQLite refuses it.
    public func define(
        _ name: String, arguments: Int32, function body: @escaping (SQLArguments, ResultCell) throws -> Void
    ) throws(SQLiteError) {
        let owner = Unmanaged.passRetained(ScalarBody(body))
        let code = sqlite3_create_function_v2(
            pointer, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, owner.toOpaque(),
            scalarCall,
            nil, nil
        ) { owner in
            if let owner { Unmanaged<ScalarBody>.fromOpaque(owner).release() }
        }
        guard code == SQLITE_OK else { throw error(code) }
    }
}

private final class AggregateMaker {
    let make: () -> any Aggregate
    init(_ make: @escaping () -> any Aggregate) { self.make = make }
}

/// Holds what works on a group, so that C code can hold one pointer.
private final class AggregateBox {
    let aggregate: any Aggregate
    init(_ aggregate: any Aggregate) { self.aggregate = aggregate }
}

private final class ScalarBody {
    let body: (SQLArguments, ResultCell) throws -> Void
    init(_ body: @escaping (SQLArguments, ResultCell) throws -> Void) { self.body = body }
}

// The aggregate context is one pointer: nil until the first row, then a reference that `xFinal` gives back. SQLite calls
// `xFinal` for every context that it has made, also after an error (https://www.sqlite.org/c3ref/create_function.html).

private typealias BoxPointer = UnsafeMutablePointer<UnsafeMutableRawPointer?>
private typealias StepFunction =
    @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

private func place(_ context: OpaquePointer, isMade: Bool) -> BoxPointer? {
    let size = isMade ? Int32(MemoryLayout<UnsafeMutableRawPointer?>.size) : 0
    return sqlite3_aggregate_context(context, size)?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
}

private func box(_ context: OpaquePointer, isMade: Bool) -> AggregateBox? {
    guard let place = place(context, isMade: isMade) else { return nil }
    if let known = place.pointee { return Unmanaged<AggregateBox>.fromOpaque(known).takeUnretainedValue() }
    guard isMade, let data = sqlite3_user_data(context) else { return nil }
    let box = AggregateBox(Unmanaged<AggregateMaker>.fromOpaque(data).takeUnretainedValue().make())
    place.pointee = Unmanaged.passRetained(box).toOpaque()
    return box
}

private func perform(_ context: OpaquePointer, _ work: () throws -> Void) {
    do { try work() } catch { ResultCell(context: context).fail(TableError(error)) }
}

private let aggregateStep: StepFunction = { context, count, values in
    guard let context else { return }
    guard let box = box(context, isMade: true) else { return sqlite3_result_error_nomem(context) }
    perform(context) { try box.aggregate.add(SQLArguments(values, count: count)) }
}

private let aggregateInverse: StepFunction = { context, count, values in
    guard let context, let box = box(context, isMade: false) else { return }
    perform(context) { try box.aggregate.remove(SQLArguments(values, count: count)) }
}

private let aggregateValue: @convention(c) (OpaquePointer?) -> Void = { context in
    guard let context, let box = box(context, isMade: false) else { return }
    perform(context) { try box.aggregate.result(into: ResultCell(context: context)) }
}

private let aggregateFinal: @convention(c) (OpaquePointer?) -> Void = { context in
    guard let context else { return }
    aggregateValue(context)
    guard let place = place(context, isMade: false), let known = place.pointee else { return }
    place.pointee = nil
    Unmanaged<AggregateBox>.fromOpaque(known).release()
}

private let scalarCall: StepFunction = { context, count, values in
    guard let context, let data = sqlite3_user_data(context) else { return }
    let body = Unmanaged<ScalarBody>.fromOpaque(data).takeUnretainedValue().body
    perform(context) { try body(SQLArguments(values, count: count), ResultCell(context: context)) }
}
