import Terminal
import Testing

@testable import Plot

@Suite struct TerminalPlotTests {
    private static func columns(_ line: String) -> Int { line.reduce(0) { $0 + DisplayWidth.of($1) } }

    @Test(arguments: [1, 2, 3, 5, 9, 20, 33, 80, 121], [true, false])
    func `keeps to any size`(width: Int, unicode: Bool) {
        for height in [1, 2, 3, 4, 5, 7, 11, 18, 40] {
            for chart in [Samples.full, Hostile.chart, Chart(title: "", window: 0..<0, panels: [])] {
                let plot = TerminalPlot(width: width, height: height, color: false, unicode: unicode)
                let lines = plot.lines(chart)
                #expect(lines.count <= height && !lines.isEmpty)
                #expect(lines.allSatisfy { Self.columns($0) <= width }, "\(width)x\(height)\n\(lines)")
                #expect(unicode || lines.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7f).contains($0) } })
            }
        }
    }

    @Test(arguments: [Int.min, -1, 0, 1001, .max])
    func `holds a size that makes no sense within bounds`(size: Int) {
        let plot = TerminalPlot(width: size, height: 3, color: true, unicode: true)
        #expect((1...1000).contains(plot.width))
        #expect((1...1000).contains(TerminalPlot(width: 3, height: size, color: true, unicode: true).height))
    }

    @Test(arguments: [true, false])
    func `lets no control through but its colours`(color: Bool) {
        let lines = TerminalPlot(width: 120, height: 60, color: color, unicode: true).lines(Hostile.chart)
        let text = lines.joined()
        // Without its own sequences, nothing that acts on a terminal is left.
        var rest = text
        for code in ["0", "1", "2", "31", "32", "33", "34", "35", "36"] {
            rest = rest.split(separator: "\u{1b}[\(code)m", omittingEmptySubsequences: false).joined()
        }
        #expect(rest.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(!rest.unicodeScalars.contains("\u{202e}"))
        #expect(text.contains("\u{1b}") == color)
        #expect(lines.allSatisfy { !$0.contains("\u{1b}") || $0.hasSuffix("\u{1b}[0m") || $0.contains("\u{1b}[0m") })
    }

    @Test func `colours change nothing but colours`() {
        let plain = TerminalPlot(width: 90, height: 40, color: false, unicode: true).lines(Samples.full)
        let coloured = TerminalPlot(width: 90, height: 40, color: true, unicode: true).lines(Samples.full)
        let stripped = coloured.map { line in
            line.split(separator: "\u{1b}[", omittingEmptySubsequences: false).enumerated().map { index, part in
                index == 0 ? String(part) : String(part.drop { $0 != "m" }.dropFirst())
            }
            .joined()
        }
        #expect(stripped == plain)
    }

    @Test func `says that there is nothing to draw`() {
        for panel: Chart.Panel in [
            .lines(LinePanel(series: [])), Samples.lines(.init(name: "s", points: [])),
            .lanes(LanePanel(lanes: [])), .gantt(GanttPanel(rows: [])),
            Samples.lines(.init(name: "s", points: [.init(time: Samples.start, value: .nan)])),
            .lanes(LanePanel(lanes: [.init(name: "l", intervals: [.init(range: 0..<1, value: "v")])])),
        ] {
            let lines = TerminalPlot(width: 60, height: 12, color: false, unicode: true).lines(Samples.chart(panel))
            #expect(lines.contains { $0.contains("no values in this window") }, "\(lines)")
        }
    }

    @Test func `counts what it leaves out`() {
        let rows = (0..<100).map { GanttPanel.Row(label: "#\($0)", phases: []) }
        let chart = Samples.chart(.gantt(GanttPanel(rows: rows, maximumRows: 7, noun: "commands")))
        let plot = TerminalPlot(width: 60, height: 40, color: false, unicode: true)
        #expect(plot.lines(chart).contains { $0.contains("7 of 100 commands shown") })
        let low = TerminalPlot(width: 60, height: 9, color: false, unicode: true).lines(chart)
        #expect(low.contains { $0.contains("4 of 100 commands shown") }, "\(low)")
        let points = Samples.points(5) { $0 == 3 ? .infinity : 1 }
        let lines = plot.lines(Samples.chart(Samples.lines(.init(name: "temp", points: points))))
        #expect(lines.contains { $0.contains("temp (1 not finite)") })
    }

    @Test func `a spike is drawn in every width`() {
        let points = Samples.points(20_000) { $0 == 12_345 ? 1000 : 0 }
        for width in [20, 47, 100] {
            let plot = TerminalPlot(width: width, height: 14, color: false, unicode: false)
            let lines = plot.lines(Samples.chart(Samples.lines(.init(name: "s", points: points))))
            // Its column is full from the top to the bottom.
            let body = lines.filter { $0.contains("|") || $0.contains("+") }.dropLast()
            #expect(body.allSatisfy { $0.contains("*") }, "\(lines.joined(separator: "\n"))")
        }
    }

    @Test func `a gap stays empty`() {
        let points = Samples.points(60) { _ in 1 }
        let kept = Array(points[0..<20] + points[40..<60])
        let plot = TerminalPlot(width: 70, height: 10, color: false, unicode: false)
        func longestGap(_ series: LinePanel.Series) -> Int {
            let line = plot.lines(Samples.chart(Samples.lines(series))).first { $0.contains("***") } ?? ""
            let inner = line.drop { $0 != "*" }
            return inner.split(separator: "*").map(\.count).max() ?? 0
        }
        #expect(longestGap(.init(name: "s", points: kept)) == 0)
        #expect(longestGap(.init(name: "s", points: kept, maximumStep: Samples.minute)) >= 20)
    }

    @Test func `series are told apart without colours`() {
        let two = Samples.chart(
            Samples.lines(
                .init(name: "one", points: Samples.points(60) { _ in 1 }),
                .init(name: "two", points: Samples.points(60) { _ in 5 })))
        let lines = TerminalPlot(width: 80, height: 20, color: false, unicode: true).lines(two)
        #expect(lines.contains { $0.contains("● one") && $0.contains("▲ two") })
        #expect(lines.count { $0.contains("●") } == 2 && lines.count { $0.contains("▲") } == 2)
    }

    @Test func `the fitting height shows every row`() {
        for unicode in [true, false] {
            let probe = TerminalPlot(width: 100, height: 1, color: false, unicode: unicode)
            let height = probe.fittingHeight(Samples.full)
            let lines = TerminalPlot(width: 100, height: height, color: false, unicode: unicode).lines(Samples.full)
            for word in ["mode", "online", "reboot", "update", "2 of 3 commands", "14:05 reported", "not recorded"] {
                #expect(lines.contains { $0.contains(word) }, "\(word) \(lines.joined(separator: "\n"))")
            }
        }
    }
}
