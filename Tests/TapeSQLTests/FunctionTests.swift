import SQLite
import Testing

@testable import TapeSQL

@Suite struct FunctionTests {
    private let tape = SQLTape()
    private static let hundred = "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 100)"

    @Test(arguments: [
        ("percentile(x, 0)", "1.0"), ("percentile(x, 50)", "50.5"), ("percentile(x, 95)", "95.05"),
        ("percentile(x, 100)", "100.0"), ("median(x)", "50.5"), ("percentile_cont(x, 0.25)", "25.75"),
        ("percentile_disc(x, 0.95)", "95.0"), ("percentile_disc(x, 0)", "1.0"), ("percentile_disc(x, 1)", "100.0"),
        ("median(NULL)", "~"), ("median('text')", "~"), ("median('7')", "7.0"), ("stddev(7)", "0.0"),
        ("round(stddev(x), 6)", "29.011492"), ("round(stddev_pop(x), 6)", "28.86607"), ("stddev(9e999)", "~"),
        ("median(x) FILTER (WHERE x > 1000)", "~"), ("stddev(x) FILTER (WHERE x = 1)", "~"),
        ("stddev_pop(x) FILTER (WHERE x = 1)", "0.0"),
    ])
    func `percentiles and deviations`(_ expression: String, _ expected: String) throws {
        #expect(try tape.ask("\(Self.hundred) SELECT \(expression) FROM n") == [expected])
    }

    @Test func `they slide over windows`() throws {
        let rows = try tape.ask(
            """
            WITH v(i, x) AS (VALUES (1, 5), (2, 1), (3, 9), (4, NULL), (5, 3), (6, 3))
            SELECT median(x) OVER w, round(stddev_pop(x) OVER w, 3) FROM v WINDOW w AS (ORDER BY i ROWS 2 PRECEDING)
            """)
        #expect(rows == ["5.0|0.0", "3.0|2.0", "5.0|3.266", "5.0|4.0", "6.0|3.0", "3.0|0.0"])
    }

    @Test(arguments: [
        "percentile(x, 101)", "percentile(x, -1)", "percentile(x, NULL)", "percentile(x, x)", "percentile_cont(x, 2)",
    ])
    func `a share that makes no sense is an error`(_ expression: String) {
        #expect(throws: SQLError.self) { try tape.ask("\(Self.hundred) SELECT \(expression) FROM n") }
    }

    @Test(arguments: [
        ("ns('2026-11-22T14:30:00Z')", "1795357800000000000"), ("ns('2026-11-22 14:30')", "1795357800000000000"),
        ("ns('2026-11-22T15:30:00.000000001+01:00')", "1795357800000000001"), ("ns(5)", "5"), ("ns('x')", "~"),
        ("ns('1795357800')", "~"), ("ns(NULL)", "~"), ("rfc3339(0)", "1970-01-01T00:00:00.000000000Z"),
        ("rfc3339('2026-11-22')", "2026-11-22T00:00:00.000000000Z"), ("rfc3339(1.5)", "~"),
        ("time_bucket('15m', '2026-11-22T14:38:00Z')", "2026-11-22T14:30:00.000000000Z"),
        ("time_bucket('1h', -1)", "-3600000000000"), ("time_bucket('1d', NULL)", "~"),
        ("time_bucket(1000, 1999)", "1000"), ("time_bucket('1w', -9223372036854775807)", "~"),
    ])
    func `times convert`(_ expression: String, _ expected: String) throws {
        #expect(try tape.ask("SELECT \(expression)") == [expected])
    }

    @Test(arguments: [
        "time_bucket('', 1)", "time_bucket('5 apples', 1)", "time_bucket(0, 1)", "time_bucket('99999999999w', 1)",
    ])
    func `a length that is none is an error`(_ expression: String) {
        #expect(throws: SQLError.self) { try tape.ask("SELECT \(expression)") }
    }
}
