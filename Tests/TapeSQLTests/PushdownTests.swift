import SQLite
import Testing

@testable import TapeSQL

/// What decides which parts of the tape are read shows in the query's plan.
@Suite struct PushdownTests {
    private let tape = SQLTape()

    @Test(arguments: [
        ("SELECT count(*) FROM messages", "everything READ nothing"),
        ("SELECT payload FROM messages WHERE kind = 'command'", "kind=? READ kind, payload"),
        ("SELECT seq FROM messages ORDER BY seq", "everything READ seq ORDER BY seq"),
        ("SELECT kind, count(*) FROM messages GROUP BY kind", "everything READ kind GROUPED BY kind"),
        ("SELECT 1 FROM messages WHERE seq > 5 AND seq <= 9", "seq>? AND seq<=? READ seq"),
        ("SELECT 1 FROM messages WHERE seq BETWEEN 5 AND 9", "seq>=? AND seq<=? READ seq"),
        ("SELECT 1 FROM messages WHERE topic IN ('a', 'b')", "topic IN ? READ topic"),
        ("SELECT 1 FROM messages WHERE session = 1", "session=? READ session"),
        (
            "SELECT value FROM samples WHERE metric = 'temp' AND device = 'A'",
            "metric=? AND device=? READ device, metric, value"
        ),
        (
            "SELECT value FROM samples WHERE time >= '2026' AND time_ns < 5",
            "time>=? AND time_ns<? READ time, time_ns, value"
        ),
        ("SELECT value FROM samples WHERE metric GLOB 't*'", "metric GLOB ? READ metric, value"),
        ("SELECT value FROM samples WHERE metric LIKE 't%'", "metric LIKE ? READ metric, value"),
        (
            "SELECT device, avg(value) FROM samples WHERE metric = 'temp' GROUP BY device",
            "metric=? READ device, metric, value GROUPED BY device"
        ),
        ("SELECT * FROM devices WHERE device = 'A'", "device=? READ device, first_seen"),
    ])
    func `conditions and columns that are taken over are shown`(_ sql: String, _ expected: String) throws {
        let plan = try tape.plan(sql)
        #expect(plan.contains(":\(expected)"), "\(plan)")
        #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }

    @Test(arguments: [
        "SELECT value FROM samples WHERE metric = 'temp' COLLATE NOCASE",
        "SELECT value FROM samples WHERE metric <> 'temp'",
        "SELECT value FROM samples WHERE value > 5",
        "SELECT value FROM samples WHERE metric || '' = 'temp'",
    ])
    func `conditions that the scan would understand otherwise stay with SQLite`(_ sql: String) throws {
        #expect(try tape.plan(sql).contains(":everything READ"))
    }

    @Test func `a descending order is left to SQLite`() throws {
        #expect(try tape.plan("SELECT seq FROM messages ORDER BY seq DESC").contains("USE TEMP B-TREE FOR ORDER BY"))
        #expect(try tape.plan("SELECT time FROM messages ORDER BY time").contains("USE TEMP B-TREE FOR ORDER BY"))
    }

    @Test func `a join reads samples once and looks devices up`() throws {
        let sql = "SELECT firmware, avg(value) FROM samples JOIN devices USING (device) WHERE metric = 'x' GROUP BY 1"
        let steps = try tape.plan(sql).split(separator: "\n")
        #expect(steps.first?.contains("SCAN samples") ?? false, "\(steps)")
        #expect(steps.dropFirst().first?.contains("device=?") ?? false, "\(steps)")
    }

    @Test func `a plan comes back from its text`() {
        var plan = ScanPlan(columns: ["seq", "value"], order: .arrival)
        plan.conditions = [
            .init(column: "metric", comparison: .equal, isList: true),
            .init(column: "time", comparison: .greaterOrEqual),
            .init(column: "seq", comparison: .less), .init(column: "metric", comparison: .glob),
            .init(column: "metric", comparison: .like), .init(column: "device", comparison: .equal),
        ]
        #expect(ScanPlan(plan.text) == plan)
        #expect(ScanPlan(ScanPlan().text) == ScanPlan())
        plan.order = .grouped("device")
        #expect(ScanPlan(plan.text) == plan)
        #expect(ScanPlan("nonsense") == nil)
    }
}
