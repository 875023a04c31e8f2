import Testing

@testable import Plot

@Suite struct TraceTests {
    private static func trace(
        _ series: LinePanel.Series, gaps: [Range<Int64>] = [], window: Range<Int64> = Samples.hour, columns: Int = 100
    ) -> Trace {
        Trace(series, scale: TimeScale(window), gaps: GapSet(gaps, in: window), columns: columns)
    }

    @Test(arguments: [1, 2, 17, 100])
    func `a spike survives in any width`(columns: Int) {
        let points = Samples.points(50_000) { $0 == 31_234 ? 99 : $0 == 7 ? -99 : Double($0 % 10) }
        let trace = Self.trace(.init(name: "s", points: points), columns: columns)
        #expect(trace.values == -99...99)
        #expect(trace.runs.count == 1 && trace.count == 50_000)
        let seen = Set(trace.runs.joined().map(\.value))
        #expect(seen.contains(99) && seen.contains(-99))
        #expect(trace.runs.joined().count <= 4 * columns)
        #expect(zip(trace.runs[0], trace.runs[0].dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(trace.runs[0].first == points.first && trace.runs[0].last == points.last)
    }

    @Test func `points that are few all stay`() {
        let points = Samples.points(20) { Double($0) }
        #expect(Self.trace(.init(name: "s", points: points)).runs == [points])
    }

    @Test func `a gap is never bridged`() {
        var points = Samples.points(60) { Double($0) }
        points.removeSubrange(20..<30)
        #expect(Self.trace(.init(name: "s", points: points)).runs.count == 1)
        let stepped = Self.trace(.init(name: "s", points: points, maximumStep: Samples.minute))
        #expect(stepped.runs.map(\.count) == [20, 30])
        let broken = Self.trace(.init(name: "s", points: points), gaps: [Samples.at(22)..<Samples.at(23)])
        #expect(broken.runs.map(\.count) == [20, 30])
        let tiny = Self.trace(.init(name: "s", points: points), gaps: [Samples.at(40.5)..<Samples.at(40.5) + 1])
        #expect(tiny.runs.count == 2)
    }

    @Test func `a gap that ends where a point stands breaks only before it`() {
        let points = Samples.points(4) { Double($0) }
        let gap = points[1].time - 5..<points[1].time
        #expect(Self.trace(.init(name: "s", points: points), gaps: [gap]).runs.map(\.count) == [1, 3])
        let from = points[1].time..<points[1].time + 5
        #expect(Self.trace(.init(name: "s", points: points), gaps: [from]).runs.map(\.count) == [2, 2])
    }

    @Test func `what is not finite is skipped, counted, and a gap`() {
        let points = Samples.points(5) { [1, .nan, 3, .infinity, -.infinity][$0] }
        let trace = Self.trace(.init(name: "s", points: points))
        #expect(trace.skipped == 3 && trace.count == 2 && trace.values == 1...3)
        #expect(trace.runs.map(\.count) == [1, 1])
    }

    @Test func `only the window counts, and it is half-open`() {
        let points = Samples.points(60) { Double($0) }
        let window = points[10].time..<points[20].time
        let trace = Self.trace(.init(name: "s", points: points), window: window)
        #expect(trace.values == 10...19 && trace.count == 10)
        #expect(Self.trace(.init(name: "s", points: points), window: window.lowerBound..<window.lowerBound).count == 0)
    }

    @Test func `a band is as wide as its column's points and breaks with the line`() {
        let points = Samples.points(600) { _ in 5 }
        let bands = points.indices.map { LinePanel.Band(lower: $0 == 77 ? -50 : 4, upper: $0 == 78 ? .nan : 6) }
        let gap = [Samples.at(30) - 1..<Samples.at(30)]
        let trace = Self.trace(.init(name: "s", points: points, bands: bands), gaps: gap, columns: 10)
        #expect(trace.reaches.map(\.count) == [5, 5])
        #expect(trace.values == -50...6)
    }

    @Test func `points out of order are put in order with their bands`() {
        let points = Array(Samples.points(4) { Double($0) }.reversed())
        let bands = [LinePanel.Band(lower: 3, upper: 4), LinePanel.Band(lower: 2, upper: 3)]
        let series = LinePanel.Series(name: "s", points: points, bands: bands)
        #expect(series.points.map(\.value) == [0, 1, 2, 3])
        #expect(series.bands[0].lower.isNaN && series.bands[2].lower == 2 && series.bands[3].upper == 4)
    }

    @Test func `the ends of time are no trap`() {
        let points = [Int64.min, -1, 0, .max - 1, .max].map { LinePanel.Point(time: $0, value: 1) }
        let series = LinePanel.Series(name: "s", points: points, maximumStep: .max)
        let trace = Self.trace(series, gaps: [.min ..< .min + 1], window: .min ..< .max)
        #expect(trace.count == 4 && trace.runs.count == 2)
    }
}
