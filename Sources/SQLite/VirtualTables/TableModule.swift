import CSQLite

extension DatabaseHandle {
    /// Offers a table under a name.
    ///
    /// The table lives until the connection is closed.
    ///
    /// - Throws: ``SQLiteError`` where SQLite refuses it.
    public func register(_ table: any VirtualTable, as name: String) throws(SQLiteError) {
        let module = TableModule(table)
        // SQLite gives the reference back through `xDestroy`, also when this call fails.
        let code = sqlite3_create_module_v2(
            pointer, name, module.callbacks, Unmanaged.passRetained(module).toOpaque()
        ) { owner in
            if let owner { Unmanaged<TableModule>.fromOpaque(owner).release() }
        }
        guard code == SQLITE_OK else { throw error(code) }
    }
}

/// SQLite's side of a table: the functions that it calls, and what they lead to.
///
/// Invariants that make the pointers sound (https://www.sqlite.org/c3ref/module.html):
/// - SQLite holds one reference to the module from registration until `xDestroy`, which it calls after the last table
///   is disconnected; `callbacks` lives as long as the module.
/// - `owner` of a table is the module, unretained; of a cursor a reference to the cursor, given back in `xClose`, which
///   is called once for each successful `xOpen`.
/// - All calls of a connection come one at a time. None lets a Swift error or a trap pass: what is thrown becomes a code
///   and a sentence.
private final class TableModule {
    let table: any VirtualTable
    let callbacks: UnsafeMutablePointer<sqlite3_module>

    init(_ table: any VirtualTable) {
        self.table = table
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: sqlite3_module())
        callbacks.pointee.xConnect = connect
        callbacks.pointee.xDisconnect = disconnect
        callbacks.pointee.xBestIndex = bestIndex
        callbacks.pointee.xOpen = openCursor
        callbacks.pointee.xClose = closeCursor
        callbacks.pointee.xFilter = filter
        callbacks.pointee.xNext = next
        callbacks.pointee.xEof = isAtEnd
        callbacks.pointee.xColumn = column
        callbacks.pointee.xRowid = rowID
    }

    deinit {
        callbacks.deinitialize(count: 1)
        callbacks.deallocate()
    }
}

// MARK: Tables

private typealias Table = UnsafeMutablePointer<sqlite3_vtab>
private typealias Cursor = UnsafeMutablePointer<sqlite3_vtab_cursor>

private func module(_ table: Table) -> TableModule? {
    let owner = UnsafeMutableRawPointer(table).assumingMemoryBound(to: tapedeck_table.self).pointee.owner
    return owner.map { Unmanaged<TableModule>.fromOpaque($0).takeUnretainedValue() }
}

/// Says why a call failed; SQLite frees the text.
private func fail(_ table: Table?, _ error: any Error) -> Int32 {
    let error = TableError(error)
    if let table {
        sqlite3_free(table.pointee.zErrMsg)
        table.pointee.zErrMsg = copy(error.description)
    }
    return error.code
}

/// A copy of a text in memory of SQLite's; nil where there is none.
func copy(_ text: String) -> UnsafeMutablePointer<CChar>? {
    let bytes = text.utf8CString
    guard let memory = sqlite3_malloc64(UInt64(bytes.count)) else { return nil }
    let start = memory.bindMemory(to: CChar.self, capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { start[index] = byte }
    return start
}

private let connect:
    @convention(c) (
        OpaquePointer?, UnsafeMutableRawPointer?, Int32, UnsafePointer<UnsafePointer<CChar>?>?,
        UnsafeMutablePointer<Table?>?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Int32 = { database, owner, _, _, table, message in
        guard let owner else { return SQLITE_MISUSE }
        let module = Unmanaged<TableModule>.fromOpaque(owner).takeUnretainedValue()
        let code = sqlite3_declare_vtab(database, module.table.declaration)
        guard code == SQLITE_OK else { return code }
        let made = UnsafeMutablePointer<tapedeck_table>.allocate(capacity: 1)
        made.initialize(to: tapedeck_table(base: sqlite3_vtab(), owner: owner))
        table?.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(to: sqlite3_vtab.self)
        return SQLITE_OK
    }

private let disconnect: @convention(c) (Table?) -> Int32 = { table in
    guard let table else { return SQLITE_OK }
    UnsafeMutableRawPointer(table).assumingMemoryBound(to: tapedeck_table.self).deallocate()
    return SQLITE_OK
}

private let bestIndex: @convention(c) (Table?, UnsafeMutablePointer<sqlite3_index_info>?) -> Int32 = { table, info in
    guard let table, let info, let module = module(table) else { return SQLITE_MISUSE }
    do {
        let question = TableQuestion(info)
        guard let plan = try module.table.plan(question) else { return SQLITE_CONSTRAINT }
        guard let text = copy(plan) else { return SQLITE_NOMEM }
        info.pointee.idxStr = text
        info.pointee.needToFreeIdxStr = 1
        return SQLITE_OK
    } catch {
        return fail(table, error)
    }
}

// MARK: Cursors

/// Lends the cursor without counting a reference: SQLite holds one until `xClose`.
@inline(__always)
private func withCursor<Value>(_ cursor: Cursor, _ body: (VirtualCursor) throws -> Value) rethrows -> Value? {
    let owner = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: tapedeck_cursor.self).pointee.owner
    guard let owner else { return nil }
    return try Unmanaged<VirtualCursor>.fromOpaque(owner)._withUnsafeGuaranteedRef(body)
}

private let openCursor: @convention(c) (Table?, UnsafeMutablePointer<Cursor?>?) -> Int32 = { table, cursor in
    guard let table, let module = module(table) else { return SQLITE_MISUSE }
    do {
        let owner = Unmanaged.passRetained(try module.table.open())
        let made = UnsafeMutablePointer<tapedeck_cursor>.allocate(capacity: 1)
        made.initialize(to: tapedeck_cursor(base: sqlite3_vtab_cursor(), owner: owner.toOpaque()))
        cursor?.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
        return SQLITE_OK
    } catch {
        return fail(table, error)
    }
}

private let closeCursor: @convention(c) (Cursor?) -> Int32 = { cursor in
    guard let cursor else { return SQLITE_OK }
    let made = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: tapedeck_cursor.self)
    if let owner = made.pointee.owner { Unmanaged<VirtualCursor>.fromOpaque(owner).release() }
    made.deallocate()
    return SQLITE_OK
}

private let filter:
    @convention(c) (
        Cursor?, Int32, UnsafePointer<CChar>?, Int32, UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 = { cursor, _, plan, count, values in
        guard let cursor else { return SQLITE_MISUSE }
        do {
            let plan = plan.map { String(cString: $0) } ?? ""
            try withCursor(cursor) { try $0.begin(plan, SQLArguments(values, count: count)) }
            return SQLITE_OK
        } catch {
            return fail(cursor.pointee.pVtab, error)
        }
    }

private let next: @convention(c) (Cursor?) -> Int32 = { cursor in
    guard let cursor else { return SQLITE_MISUSE }
    do {
        try withCursor(cursor) { try $0.advance() }
        return SQLITE_OK
    } catch {
        return fail(cursor.pointee.pVtab, error)
    }
}

private let isAtEnd: @convention(c) (Cursor?) -> Int32 = { cursor in
    guard let cursor else { return 1 }
    return withCursor(cursor) { $0.isAtEnd } ?? true ? 1 : 0
}

private let column: @convention(c) (Cursor?, OpaquePointer?, Int32) -> Int32 = { cursor, context, column in
    guard let cursor, let context else { return SQLITE_MISUSE }
    do {
        try withCursor(cursor) { try $0.read(Int(column), into: ResultCell(context: context)) }
        return SQLITE_OK
    } catch {
        return fail(cursor.pointee.pVtab, error)
    }
}

private let rowID: @convention(c) (Cursor?, UnsafeMutablePointer<sqlite3_int64>?) -> Int32 = { cursor, rowID in
    guard let cursor else { return SQLITE_MISUSE }
    rowID?.pointee = withCursor(cursor) { $0.rowID } ?? 0
    return SQLITE_OK
}
