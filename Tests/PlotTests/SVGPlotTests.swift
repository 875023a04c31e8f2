import Testing

@testable import Plot

@Suite struct SVGPlotTests {
    @Test(arguments: [1, 2, 30, 100, 900], [1, 3, 40, 500])
    func `is well-formed in any size, whatever the texts are`(width: Int, height: Int) throws {
        for chart in [Samples.full, Hostile.chart, Chart(title: "", window: 0..<0, panels: [])] {
            let svg = SVGPlot(width: width, height: height).svg(chart)
            let content = try WellFormed.parse(svg)
            #expect(content.elements.first == "svg" && content.elements.prefix(4) == ["svg", "title", "desc", "style"])
            #expect(!content.elements.contains("script"))
            #expect(!svg.contains("nan") && !svg.contains("inf"), "a number that is none")
        }
    }

    @Test func `keeps texts, tooltips and the shape of the data`() throws {
        let svg = SVGPlot(width: 900, height: 600).svg(Samples.full)
        let texts = try WellFormed.parse(svg).texts
        for text in [
            "Room 4", "Temperature (°C)", "supply", "heating", "reboot", "14:05 reported", "not recorded",
            "2 of 3 commands shown", "supply: 31.0 °C\n2026-11-22 14:12:00",
            "mode: fault\n2026-11-22 14:20:00 to 2026-11-22 14:20:12",
            "update: in_progress\n2026-11-22 14:40:00 to open",
            "reboot: redelivered\n2026-11-22 14:07:00",
        ] {
            #expect(texts.contains(text), "\(text)")
        }
        #expect(svg.contains("role=\"img\" aria-label=\"Room 4\""))
        #expect(svg.contains("prefers-color-scheme:dark"))
    }

    @Test func `every class begins with td-, so that drawings and pages do not meet`() {
        let svg = SVGPlot(width: 900, height: 600).svg(Samples.full)
        for attribute in svg.components(after: "class=\"", before: "\"") {
            #expect(attribute.split(separator: " ").allSatisfy { $0.hasPrefix("td-") }, "\(attribute)")
        }
        for line in SVGStyle.sheet.split(separator: "\n") where !line.hasPrefix("@") && line != "}" {
            #expect(line.hasPrefix(".td-plot"), "\(line)")
        }
        #expect(!svg.contains(" id=\""))
    }

    @Test func `its size does not grow with the data`() {
        let points = Samples.points(60_000) { Double($0 * 7919 % 1000) }
        let small = SVGPlot(width: 400, height: 200)
        let svg = small.svg(Samples.chart(Samples.lines(.init(name: "s", points: points, maximumStep: 1))))
        #expect(svg.utf8.count < 400 * 4 * 300)
        let joined = small.svg(Samples.chart(Samples.lines(.init(name: "s", points: points))))
        #expect(joined.utf8.count < 400 * 4 * 14 + 12_000)
        let states = (0..<60_000).map {
            LanePanel.Interval(
                range: Samples.at(Double($0) / 1000)..<Samples.at(Double($0 + 1) / 1000), value: "\($0 % 5)")
        }
        let lanes = small.svg(Samples.chart(.lanes(LanePanel(lanes: [.init(name: "l", intervals: states)]))))
        #expect(lanes.utf8.count < 12_000)
    }

    @Test func `the fitting height shows every row`() throws {
        let height = SVGPlot(width: 700, height: 1).fittingHeight(Samples.full)
        let texts = try WellFormed.parse(SVGPlot(width: 700, height: height).svg(Samples.full)).texts
        for text in ["mode", "online", "reboot", "update", "14:05 reported", "not recorded"] {
            #expect(texts.contains(text), "\(text)")
        }
    }

    @Test func `escapes and drops what XML forbids`() throws {
        #expect(XMLText.escaped("a<b>&\"'\t\u{0}\u{ffff}\u{1fffe}\u{85}é👍") == "a&lt;b&gt;&amp;&quot;&#39;&#9;é👍")
        #expect(throws: WellFormed.Failure.self) { try WellFormed.parse("<a><b></a></b>") }
        #expect(throws: WellFormed.Failure.self) { try WellFormed.parse("<a>&nope;</a>") }
    }
}

extension String {
    /// What stands between each occurrence of two marks.
    fileprivate func components(after start: String, before end: Character) -> [Substring] {
        split(separator: start, omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0 != end } }
    }
}
