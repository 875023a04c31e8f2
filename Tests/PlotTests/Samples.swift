import Plot

/// Charts that several tests draw.
enum Samples {
    static let second: Int64 = 1_000_000_000
    static let minute = 60 * second
    /// 2026-11-22 14:00:00 UTC.
    static let start: Int64 = 1_795_356_000 * second
    static let hour = start..<start + 60 * minute

    /// The instant so many minutes after the start.
    static func at(_ minutes: Double) -> Int64 { start + Int64(minutes * Double(minute)) }

    /// Points at equal distances over the hour.
    static func points(_ count: Int, _ value: (Int) -> Double) -> [LinePanel.Point] {
        let step = 60 * minute / Int64(max(1, count))
        return (0..<count).map { LinePanel.Point(time: start + Int64($0) * step, value: value($0)) }
    }

    static func chart(_ panels: Chart.Panel...) -> Chart { Chart(title: "Title", window: hour, panels: panels) }

    static func lines(_ series: LinePanel.Series...) -> Chart.Panel { .lines(LinePanel(series: series)) }

    /// One of everything.
    static let full = Chart(
        title: "Room 4", window: hour,
        panels: [
            .lines(
                LinePanel(
                    title: "Temperature", unit: "°C",
                    series: [
                        .init(name: "supply", points: points(60) { $0 == 12 ? 31 : 20 + Double($0 % 10) / 5 }),
                        .init(
                            name: "return", points: points(30) { 24 - Double($0) / 10 },
                            bands: points(30) { _ in 0 }.indices.map {
                                .init(lower: 23 - Double($0) / 10, upper: 25 - Double($0) / 10)
                            }),
                    ])),
            .lanes(
                LanePanel(
                    title: "States",
                    lanes: [
                        .init(
                            name: "mode",
                            intervals: [
                                .init(range: start..<at(20), value: "heating"),
                                .init(range: at(20)..<at(20.2), value: "fault"),
                                .init(range: at(20.2)..<at(60), value: "idle"),
                            ]),
                        .init(name: "online", intervals: [.init(range: at(5)..<at(25), value: "true")]),
                    ])),
            .gantt(
                GanttPanel(
                    title: "Commands",
                    rows: [
                        .init(
                            label: "reboot",
                            phases: [
                                .init(word: "pending", start: at(4), end: at(10)),
                                .init(word: "in_progress", start: at(10), end: at(30)),
                            ], events: [.init(time: at(7), word: "redelivered")]),
                        .init(label: "update", phases: [.init(word: "in_progress", start: at(40), end: nil)]),
                        .init(label: "left out", phases: []),
                    ], maximumRows: 2, noun: "commands")),
        ],
        marks: [Chart.Mark(time: at(5), label: "14:05 reported"), Chart.Mark(time: at(6), label: "restart")],
        gaps: [at(25)..<at(30), at(28)..<at(32)])
}
