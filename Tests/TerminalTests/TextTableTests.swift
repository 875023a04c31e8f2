import Terminal
import Testing

@Suite struct TextTableTests {
    private static func table(
        _ columns: [TextTable.Column], _ rows: [[TextTable.Cell]], width: Int? = nil, style: Style = .plain,
        sampleSize: Int = TextTable.defaultSampleSize
    ) throws -> (lines: [String], hidden: [String]) {
        let collector = Collector()
        let output = collector.buffer()
        var table = TextTable(columns: columns, width: width, style: style, sampleSize: sampleSize, output: output)
        for row in rows { try table.append(row) }
        try table.finish()
        try output.flush()
        return (collector.text.split(separator: "\n").map(String.init), table.hiddenTitles)
    }

    @Test func `lines cells up by what they take on the screen`() throws {
        let lines = try Self.table(
            [.init("device"), .init("n", .trailing), .init("name")],
            [["a1", "5", "温度"], ["b", "1200", "x"], ["温度", "", "end  "], ["short"]]
        ).lines
        #expect(
            lines == [
                "device     n  name", "a1         5  温度", "b       1200  x", "温度          end  ", "short",
            ])
    }

    @Test func `cuts nothing where there is no terminal`() throws {
        let long = String(repeating: "x", count: 500)
        let lines = try Self.table(
            [.init("a", maximumWidth: 3), .init("b")], [["1", "2"], [.init(long), "3"]], sampleSize: 1
        ).lines
        #expect(lines == ["a  b", "1  2", long + "  3"])
    }

    @Test func `a huge cell pushes only its own row out of line`() throws {
        let huge = String(repeating: "x", count: 900_000)
        let columns: [TextTable.Column] = [
            .init("a"), .init("n", .trailing), .init("b", maximumWidth: 6), .init("c"),
        ]
        let lines = try Self.table(
            columns, [["1", "2", "3", "4"], [.init(huge), .init(huge), .init(huge), "5"], ["6", "7", "8", "9"]]
        ).lines
        let gap = String(repeating: " ", count: 39)
        #expect(lines[1] == "1" + gap + "  " + gap + "2  3       4")
        #expect(lines[2] == "\(huge)  \(huge)  \(huge)  5")
        #expect(lines[3] == "6" + gap + "  " + gap + "7  8       9")
    }

    @Test func `ids of 36 characters still line up where there is no terminal`() throws {
        let id = "d8083a34-22c8-4cd8-9acb-1912f00d0007"
        let lines = try Self.table([.init("device"), .init("kind")], [["A", "x"], [.init(id), "y"]]).lines
        #expect(
            lines == [
                "device" + String(repeating: " ", count: 32) + "kind", "A" + String(repeating: " ", count: 37) + "x",
                id + "  y",
            ])
    }

    @Test func `every line fits the terminal`() throws {
        let columns: [TextTable.Column] = [.init("time", priority: 2), .init("topic", priority: 1), .init("payload")]
        let rows: [[TextTable.Cell]] = (0..<300).map { index in
            ["2026-11-22 14:30", .init("v1/device/\(index)"), .init(String(repeating: "温度 ", count: index % 90))]
        }
        for width in [1, 2, 10, 20, 40, 57, 80, 200] {
            let lines = try Self.table(columns, rows, width: width).lines
            #expect(lines.allSatisfy { DisplayText($0).width <= width }, "width \(width)")
            #expect(lines.count <= 301)
        }
    }

    @Test func `narrows by priority, then leaves columns out and says which`() throws {
        let columns: [TextTable.Column] = [
            .init("time", priority: 2), .init("payload"), .init("n", .trailing, priority: 1),
        ]
        let row: [TextTable.Cell] = ["14:30:00.000", "abcdefghijklmnop", "123456"]
        #expect(try Self.table(columns, [row], width: 32).lines[1] == "14:30:00.000  abcdefghi…  123456")
        let narrow = try Self.table(columns, [row], width: 24)
        #expect(narrow.lines[1] == "14:30:00.000  123456")
        #expect(narrow.hidden == ["payload"])
        let narrower = try Self.table(columns, [row], width: 9)
        #expect(narrower.lines[1] == "14:30:00…")
        #expect(narrower.hidden == ["payload", "n"])
    }

    @Test func `writes rows at once after the sample`() throws {
        let collector = Collector()
        let output = collector.buffer()
        var table = TextTable(columns: [.init("a")], width: nil, sampleSize: 2, output: output)
        try table.append(["1"])
        try output.flush()
        #expect(collector.text.isEmpty)
        try table.append(["2"])
        try table.append(["3"])
        try output.flush()
        #expect(collector.text == "a\n1\n2\n3\n")
    }

    @Test func `large cells end the sample early`() throws {
        let collector = Collector()
        let output = collector.buffer()
        var table = TextTable(columns: [.init("a")], width: nil, output: output)
        try table.append([.init(String(repeating: "x", count: 1 << 20))])
        #expect(collector.bytes.count > 1 << 20)
    }

    @Test func `a table without rows still has its titles`() throws {
        #expect(try Self.table([.init("a"), .init("b")], []).lines == ["a  b"])
        #expect(try Self.table([], [["x"]]).lines == [])
    }

    @Test func `a cell can neither colour nor break the table`() throws {
        let lines = try Self.table(
            [.init("a"), .init("b")], [[.init("\u{1b}[31m\n", .bad), "x\r"]], width: 40, style: Style(isEnabled: true)
        ).lines
        #expect(lines[1] == "\u{1b}[31m␛[31m␊\u{1b}[0m  x␍")
    }
}
