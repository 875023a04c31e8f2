import Terminal
import Testing

@testable import Plot

@Suite struct TimeTicksTests {
    private static let metrics = Metrics(
        line: 1, row: 1, advance: 1, spacing: 0, axis: 1, sample: 2, labelSpacing: 2, glyphs: .unicode, resolution: 1)

    private static func ticks(_ window: Range<Int64>, width: Int, labels: TimeLabels = .utc) -> [TimeTicks.Tick] {
        TimeTicks(scale: TimeScale(window), labels: labels, metrics: metrics, width: width).ticks
    }

    private static func texts(_ span: Int64, width: Int) -> [String] {
        ticks(Samples.start..<Samples.start + span, width: width).map(\.label.text.text)
    }

    @Test func `fit the window`() {
        #expect(Self.texts(CivilTime.hour, width: 60) == ["14:00", "14:10", "14:20", "14:30", "14:40", "14:50"])
        #expect(Self.texts(CivilTime.hour, width: 24) == ["14:00", "14:30"])
        #expect(Self.texts(4 * CivilTime.second, width: 50) == ["14:00:01", "14:00:02", "14:00:03"])
        #expect(Self.texts(1_000_000, width: 60) == ["14:00:00.000000", "14:00:00.000500"])
        #expect(Self.texts(16 * CivilTime.hour, width: 40) == ["15:00", "18:00", "21:00", "Nov 23", "03:00"])
        #expect(Self.texts(4 * CivilTime.day, width: 40) == ["Nov 23", "Nov 24", "Nov 25", "Nov 26"])
        #expect(Self.texts(100 * CivilTime.day, width: 40) == ["2026-12", "2027-01", "2027-02"])
        #expect(Self.texts(4000 * CivilTime.day, width: 40) == ["2028", "2030", "2032", "2034", "2036"])
    }

    @Test func `weeks begin on Mondays`() {
        let ticks = Self.ticks(Samples.start..<Samples.start + 30 * CivilTime.day, width: 36)
        #expect(ticks.map(\.label.text.text) == ["Nov 30", "Dec 07", "Dec 14", "Dec 21"])
    }

    @Test(arguments: [1, 2, 3, 7, 12, 40, 79, 200])
    func `never touch each other, however wide the window`(width: Int) {
        var spans: [Int64] = [0, 1, 999, .max]
        var span: Int64 = 7
        while span < .max / 13 {
            spans.append(span)
            span *= 13
        }
        for span in spans {
            let start = span == .max ? -1 : Samples.start
            let ticks = Self.ticks(start..<start.addingReportingOverflow(span).partialValue, width: width)
            #expect(ticks.allSatisfy { $0.label.start >= 0 && $0.label.end <= width })
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.label.end + 2 <= $1.label.start })
        }
    }

    @Test func `the widest window is no trap`() {
        #expect(Self.ticks(.min ..< .max, width: 80).count > 2)
        #expect(Self.ticks(.min ..< .min + 1, width: 80).count <= 1)
        #expect(Self.ticks(.max - 1 ..< .max, width: 80).count <= 1)
        let odd = TimeLabels(zone: "odd", offset: { $0 })
        #expect(Self.ticks(.min ..< .max, width: 80, labels: odd).count < 80)
    }

    @Test func `follow the caller's zone, also where its clock changes`() {
        // Central Europe left summer time on 2026-10-25 at 01:00 UTC.
        let change: Int64 = 1_792_890_000 * Samples.second
        let berlin = TimeLabels(zone: "Europe/Berlin") { $0 < change ? 2 * CivilTime.hour : CivilTime.hour }
        let window = change - 26 * CivilTime.hour..<change + 24 * CivilTime.hour
        let days = Self.ticks(window, width: 24, labels: berlin).filter { $0.label.text.text.hasPrefix("Oct") }
        #expect(days.map(\.label.text.text) == ["Oct 25", "Oct 26"])
        #expect(days.map { ($0.time - change) / CivilTime.hour } == [-3, 22])
        #expect(
            berlin.caption(change - CivilTime.hour..<change + CivilTime.hour)
                == "2026-10-25 02:00:00 to 03:00:00 Europe/Berlin")
    }

    @Test func `may be worded by the caller`() {
        let labels = TimeLabels(zone: "x", label: { "\($0 / Samples.second)/\($1 / Samples.minute)" })
        let ticks = Self.ticks(Samples.hour, width: 50, labels: labels)
        #expect(ticks.map(\.label.text.text) == ["1795356000/30", "1795357800/30"])
    }

    @Test(arguments: [
        (0, "1970-01-01", "00:00:00"), (-1, "1969-12-31", "23:59:59"), (951_782_400, "2000-02-29", "00:00:00"),
        (4_107_542_400, "2100-03-01", "00:00:00"), (1_795_356_000, "2026-11-22", "14:00:00"),
        (-9_223_372_036, "1677-09-21", "00:12:44"), (9_223_372_036, "2262-04-11", "23:47:16"),
    ])
    func `the calendar is right`(seconds: Int64, date: String, clock: String) {
        let civil = CivilTime(nanoseconds: seconds * Samples.second)
        #expect(civil.dateText == date && civil.secondText == clock)
    }
}
