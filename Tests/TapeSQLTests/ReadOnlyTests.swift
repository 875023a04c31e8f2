import SQLite
import TapeTestSupport
import Testing

@testable import TapeSQL

@Suite struct ReadOnlyTests {
    private let tape = SQLTape()

    @Test(arguments: [
        "INSERT INTO messages VALUES (1)", "UPDATE samples SET value = 1", "DELETE FROM devices", "CREATE TABLE t(a)",
        "CREATE TEMP TABLE t(a)", "CREATE VIEW v AS SELECT 1", "CREATE INDEX i ON messages(seq)",
        "CREATE TRIGGER t AFTER INSERT ON messages BEGIN SELECT 1; END", "CREATE VIRTUAL TABLE t USING fts5(a)",
        "CREATE VIRTUAL TABLE t USING messages", "DROP TABLE messages", "ALTER TABLE messages RENAME TO m",
        "ATTACH '/tmp/other.db' AS other", "ATTACH ':memory:' AS other", "DETACH main", "VACUUM",
        "VACUUM INTO '/tmp/copy.db'", "REINDEX", "ANALYZE", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "RELEASE s",
        "PRAGMA writable_schema = 1", "PRAGMA journal_mode = WAL", "PRAGMA temp_store_directory = '/tmp'",
        "PRAGMA hard_heap_limit = 0", "PRAGMA trusted_schema = 1", "PRAGMA query_only = 0", "PRAGMA user_version",
        "SELECT load_extension('x')", "SELECT fts3_tokenizer('simple')", "SELECT readfile('/etc/passwd')",
        "SELECT writefile('/tmp/x', 'y')", "SELECT * FROM pragma_user_version", "UPDATE sqlite_master SET sql = ''",
        "DELETE FROM sqlite_master", "INSERT INTO sqlite_master VALUES (1,2,3,4,5)", "SELECT * FROM messages('/tmp/x')",
        "WITH x AS (SELECT 1) DELETE FROM messages", "EXPLAIN ATTACH 'x' AS y", "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE messages", "", ";", "-- nothing", "SELECT", "SELECT (", "\u{0}",
    ])
    func `nothing but reading is possible`(_ sql: String) throws {
        #expect(throws: SQLError.self) { try tape.ask(sql) }
    }

    @Test(arguments: [
        "SELECT 1", "SELECT 1; -- and a comment", "VALUES (1), (2)",
        "WITH RECURSIVE c(x) AS (VALUES (1)) SELECT x FROM c",
        "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT * FROM messages", "PRAGMA table_xinfo(samples)",
        "SELECT name FROM pragma_table_info('gaps')", "SELECT * FROM sqlite_master",
        "SELECT value FROM json_each('[1]')", "SELECT row_number() OVER () FROM (VALUES (1))",
        "SELECT count(*) FROM pragma_function_list",
    ])
    func `reading is`(_ sql: String) throws {
        _ = try tape.ask(sql)
    }

    @Test func `an error names the place`() throws {
        let error = try #require(throws: SQLError.self) { try tape.ask("SELECT seq\nFROM messages\nWHERE mетric = 1") }
        #expect(error.place?.text == "mетric = 1")
        #expect(error.description.contains("line 3, column 7"))
        let refused = try #require(throws: SQLError.self) { try tape.ask("ATTACH 'x' AS y") }
        #expect(refused.kind == .refused)
        #expect(refused.description == "ATTACH is not allowed: a query only reads")
    }

    @Test func `a text in double quotes is no text`() {
        #expect(throws: SQLError.self) { try tape.ask(#"SELECT seq FROM messages WHERE kind = "command""#) }
    }

    @Test func `a query that runs away stops when it is told to`() throws {
        tape.stops = true
        let error = try #require(throws: SQLError.self) {
            try tape.ask("WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c")
        }
        #expect(error.kind == .stopped)
        for index in 0..<5 { tape.tape?.add("v1/device/A/telemetry", "{}", at: Double(index)) }
        let scan = try #require(throws: SQLError.self) {
            try tape.ask("SELECT payload FROM messages WHERE kind = 'command'")
        }
        #expect(scan.kind == .stopped)
    }
}
