import Terminal
import Testing

@Suite struct HumanFormatTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_250_000, "1.3 MB"), (99_940, "99.9 kB"), (99_960, "100 kB"),
        (999_499, "999 kB"), (999_960, "1.0 MB"), (123_456_789_012, "123 GB"), (-1_200_000, "-1.2 MB"),
        (Int64.max, "9.2 EB"), (Int64.min, "-9.2 EB"),
    ])
    func `bytes have decimal units and two or three digits`(count: Int64, text: String) {
        #expect(HumanFormat.bytes(count) == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-123_456, "-123,456"),
        (Int64.min, "-9,223,372,036,854,775,808"),
    ])
    func `counts have thousands separators`(count: Int64, text: String) {
        #expect(HumanFormat.count(count) == text)
    }

    @Test(arguments: [
        (0, "0 ns"), (850, "850 ns"), (12_400, "12 µs"), (850_000_000, "850 ms"), (999_600, "1 ms"),
        (999_600_000, "1.0 s"), (2_400_000_000, "2.4 s"), (59_940_000_000, "59.9 s"), (59_960_000_000, "1 m 00 s"),
        (192_000_000_000, "3 m 12 s"), (14_520_000_000_000, "4 h 02 m"), (3_599_700_000_000, "1 h 00 m"),
        (86_399_000_000_000, "1 d 0 h"), (273_600_000_000_000, "3 d 4 h"), (-2_400_000_000, "-2.4 s"),
        (Int64.min, "-106752 d 0 h"),
    ])
    func `durations have at most two units`(nanoseconds: Int64, text: String) {
        #expect(HumanFormat.duration(nanoseconds: nanoseconds) == text)
    }

    @Test func `rates tell slow from nothing`() {
        #expect(HumanFormat.rate(74_000, nanoseconds: 1_000_000_000) == "74,000/s")
        #expect(HumanFormat.rate(3, nanoseconds: 10_000_000_000) == "0.3/s")
        #expect(HumanFormat.rate(1, nanoseconds: 60_000_000_000) == "0.017/s")
        #expect(HumanFormat.rate(0, nanoseconds: 1) == "0/s")
        #expect(HumanFormat.rate(5, nanoseconds: 0) == "–")
        #expect(HumanFormat.rate(.max, nanoseconds: 1) == "–")
        #expect(HumanFormat.perSecond(.nan) == "–")
    }

    @Test(arguments: [
        (0, "0 %"), (1, "100 %"), (0.994, "99.4 %"), (0.000_01, "<0.1 %"), (0.999_99, ">99.9 %"), (0.999_5, ">99.9 %"),
        (1.5, "150.0 %"), (-0.25, "-25.0 %"), (Double.infinity, "–"),
    ])
    func `a percentage is all or nothing only when it is`(share: Double, text: String) {
        #expect(HumanFormat.percent(share) == text)
    }

    @Test func `ratios say how many times`() {
        #expect(HumanFormat.ratio(12.34) == "×12.3")
        #expect(HumanFormat.ratio(0.418) == "×0.42")
        #expect(HumanFormat.ratio(1234.5) == "×1,235")
        #expect(HumanFormat.ratio(.infinity) == "–")
    }
}
