import Testing

@testable import Replay

struct ReplayReportTests {
    private func report(p99: Int64, planned: Int64, duration: Int64) -> ReplayReport {
        var report = ReplayReport(pace: .rate(1), planned: 10)
        report.sent = 10
        report.plannedDuration = planned
        report.duration = duration
        report.lateness = .init(p50: 0, p90: 0, p99: p99, p999: p99, maximum: p99, overTenMilliseconds: 0)
        return report
    }

    @Test func `keeping up means at most 100 ms late and at most 1 % longer`() {
        let second: Int64 = 1_000_000_000
        #expect(report(p99: 100_000_000, planned: 10 * second, duration: 10 * second).keptUp)
        #expect(!report(p99: 100_000_001, planned: 10 * second, duration: 10 * second).keptUp)
        #expect(report(p99: 0, planned: 10 * second, duration: 10 * second + second / 10).keptUp)
        #expect(!report(p99: 0, planned: 10 * second, duration: 10 * second + second / 10 + 1).keptUp)
        #expect(report(p99: 0, planned: 0, duration: 100_000).keptUp)
    }

    @Test func `anything missing makes it incomplete`() {
        let whole = report(p99: 0, planned: 1, duration: 1)
        #expect(whole.isComplete)
        for change: @Sendable (inout ReplayReport) -> Void in [
            { $0.refusedByCode[0x87] = 1 }, { $0.unsendable = 1 }, { $0.unacknowledged = 1 }, { $0.sent = 9 },
            { $0.ending = .interrupted }, { $0.ending = .silence(seconds: 30) },
        ] {
            var report = whole
            change(&report)
            #expect(!report.isComplete)
        }
    }

    @Test func `lateness knows its percentiles and never says more than the maximum`() {
        var lateness = Lateness()
        #expect(lateness.summary == nil)
        for milliseconds in 1...1_000 { lateness.record(Int64(milliseconds) * 1_000_000) }
        lateness.record(-5)
        lateness.record(.max)
        let summary = lateness.summary
        #expect(summary.map { abs($0.p50 - 500_000_000) < 2_000_000 } == true)
        #expect(summary.map { abs($0.p99 - 990_000_000) < 3_000_000 } == true)
        #expect(summary?.maximum == .max)
        #expect(summary?.overTenMilliseconds == 991)
    }
}
