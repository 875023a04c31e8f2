import Testing

@testable import Service

@Suite struct MetricsTextTests {
    @Test func `families have help and type, labels are escaped`() {
        var text = MetricsText()
        text.counter("a_total", "Two\nlines \\ \"quoted\".", 3)
        text.gauge("b_info", "B.", [("x", "a\"b\\c\nd")], 1.5)
        text.counter("c_total", "C.", by: "cause", [("one", 1), ("two", 0)])
        #expect(
            text.text == """
                # HELP a_total Two\\nlines \\\\ "quoted".
                # TYPE a_total counter
                a_total 3
                # HELP b_info B.
                # TYPE b_info gauge
                b_info{x="a\\"b\\\\c\\nd"} 1.5
                # HELP c_total C.
                # TYPE c_total counter
                c_total{cause="one"} 1
                c_total{cause="two"} 0

                """)
    }

    @Test func `buckets are cumulative and end in infinity`() {
        var text = MetricsText()
        text.histogram("h_seconds", "H.", bounds: [0.001, 1], counts: [2, 3, 4], sum: 20.25)
        let samples = text.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            samples == [
                #"h_seconds_bucket{le="0.001"} 2"#, #"h_seconds_bucket{le="1"} 5"#, #"h_seconds_bucket{le="+Inf"} 9"#,
                "h_seconds_sum 20.25", "h_seconds_count 9",
            ])
    }

    @Test func `numbers are Go's`() {
        #expect(MetricsText.number(.infinity) == "+Inf")
        #expect(MetricsText.number(-.infinity) == "-Inf")
        #expect(MetricsText.number(.nan) == "NaN")
        #expect(MetricsText.number(1e15) == "1000000000000000")
        #expect(MetricsText.number(0.25) == "0.25")
    }

    @Test func `the process's own figures are there`() {
        let figures = ProcessFigures.now()
        #expect(figures.cpuSeconds > 0)
        #expect(figures.residentBytes > 1 << 20)
        #expect((figures.openDescriptors ?? 0) > 2)
    }
}
