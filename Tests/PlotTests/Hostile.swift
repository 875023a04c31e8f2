import Plot

/// A chart whose every text and number means harm.
enum Hostile {
    static let text =
        "\u{1b}]0;x\u{7}\u{1b}[31m<script>alert('1')</script>&\"]]>\u{202e}\r\n\u{0}\u{9b}2J\u{ffff}👨‍👩‍👧‍👦温度\u{301}\u{301}"

    static let chart = Chart(
        title: text, window: Samples.hour, timeLabels: TimeLabels(zone: text, label: { _, _ in text }),
        panels: [
            .lines(
                LinePanel(
                    title: text, unit: text,
                    series: (0..<9).map { number in
                        .init(
                            name: "\(number)" + text,
                            points: Samples.points(30) { index in
                                [.nan, -.infinity, 1.79e308, -1.79e308, .leastNonzeroMagnitude, 0][(index + number) % 6]
                            },
                            bands: [.init(lower: .nan, upper: 1), .init(lower: 1e308, upper: -1e308)],
                            bandName: text, maximumStep: .min)
                    })),
            .lines(LinePanel(title: "", series: [])),
            .lanes(
                LanePanel(
                    title: text,
                    lanes: (0..<20).map { number in
                        .init(
                            name: text + "\(number)",
                            intervals: (0..<50).map {
                                .init(range: Samples.start + Int64($0) * 99_000_000_000 ..< .max, value: text + "\($0)")
                            })
                    })),
            .gantt(
                GanttPanel(
                    title: text,
                    rows: [
                        .init(
                            label: text,
                            phases: [
                                .init(word: text, start: .max, end: .min), .init(word: "", start: .min, end: nil),
                                .init(word: text, start: .min, end: .max),
                            ], events: [.init(time: Samples.start, word: text), .init(time: .max, word: text)])
                    ], maximumRows: .max, noun: text)),
            .gantt(GanttPanel(rows: [.init(label: "", phases: [])], maximumRows: -5)),
        ],
        marks: (0..<40).map { Chart.Mark(time: Samples.at(Double($0)), label: text) },
        gaps: [.min ..< .max, 0..<0, Samples.hour], gapWord: text)
}
