import Terminal
import Testing

@testable import Plot

@Suite struct LayoutTests {
    private static func metrics(_ spacing: Int, line: Int) -> Metrics {
        Metrics(
            line: line, row: line, advance: Double(line) / 2, spacing: spacing, axis: 1, sample: 2, labelSpacing: 2,
            glyphs: .unicode, resolution: 1)
    }

    @Test(arguments: [0, 1, 2, 5, 8, 13, 21, 40, 100])
    func `parts stand below each other and within the height`(height: Int) {
        for demands: [Int?] in [[], [nil], [nil, nil, nil], [4, nil], [100, nil, 2], [3, 4, 100]] {
            let plan = VerticalPlan(
                height: height, demands: demands.map { .init(headerLines: 1, body: $0) }, hasTitle: true, markLines: 2,
                captionLines: 1, metrics: Self.metrics(0, line: 1))
            var y = 0
            func next(_ top: Int?, _ size: Int) {
                guard let top else { return }
                #expect(top >= y)
                y = top + size
            }
            next(plan.title, 1)
            for mark in plan.marks { next(mark, 1) }
            for place in plan.places {
                next(place.header, 1)
                next(place.body.lowerBound, place.body.count)
            }
            next(plan.axis, 1)
            next(plan.axisLabels, 1)
            next(plan.caption, 1)
            #expect(y <= height)
        }
    }

    @Test func `panels get what they need, and lines the rest`() {
        let plan = VerticalPlan(
            height: 40, demands: [nil, 3, nil].map { .init(headerLines: 1, body: $0) }, hasTitle: true, markLines: 0,
            captionLines: 1, metrics: Self.metrics(0, line: 1))
        #expect(plan.places.map(\.body.count) == [15, 3, 15])
    }

    @Test(arguments: [5, 20, 61, 200, 900])
    func `labels of marks never touch each other`(width: Int) {
        let chart = Chart(
            title: "", window: Samples.hour, panels: [.lines(LinePanel(series: []))],
            marks: (0..<30).map { Chart.Mark(time: Samples.at(Double($0 * 2)), label: "14:\($0) reported") })
        let frame = ChartFrame(chart, width: width, height: 400, metrics: Self.metrics(4, line: 10))
        #expect(frame.lines.count == 30)
        for row in 0..<2 {
            let labels = frame.lines.filter { $0.line == row }.compactMap(\.label).sorted { $0.start < $1.start }
            #expect(zip(labels, labels.dropFirst()).allSatisfy { $0.end + 2 <= $1.start })
            #expect(labels.allSatisfy { $0.start >= 0 && $0.end <= frame.plot.count })
        }
    }

    @Test(arguments: [1, 8, 30, 200])
    func `words of a legend never touch each other`(width: Int) {
        let entries = (0..<12).map { Legend.Entry(sample: .series($0), text: "series 温度 \($0)") }
        for lines in [0, 1, 3, 20] {
            let legend = Legend(entries, width: width, maximumLines: lines, metrics: Self.metrics(0, line: 2))
            #expect(legend.lines <= lines)
            for line in 0..<legend.lines {
                let items = legend.items.filter { $0.line == line }
                let ends = items.map { $0.x + ($0.sample == nil ? 0 : 2) + $0.text.width }
                #expect(zip(ends, items.dropFirst()).allSatisfy { $0 + 2 <= $1.x })
                #expect(ends.allSatisfy { $0 <= max(2, width) })
            }
        }
        let narrow = Legend(entries, width: 40, maximumLines: 1, metrics: Self.metrics(0, line: 2))
        #expect(narrow.items.last?.text.text == "+11 more")
    }

    @Test func `the same state has the same number everywhere`() {
        let palette = StatePalette(Samples.full.panels)
        #expect(palette.states == ["heating", "fault", "idle", "true", "pending", "in_progress"])
        #expect(palette.number(ofState: "idle") == 2 && palette.number(ofEvent: "redelivered") == 0)
    }
}
