import DeviceProtocol
import Query
import Terminal

/// Writes telemetry samples in any of the formats.
struct SampleRows {
    /// One of the two is there; optionals and no enumeration, so that both are changed in place.
    private var printer: RowPrinter?
    private var writer: SampleWriter?
    private let clock: TelemetryClock

    /// Begins an answer on standard output.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    init(_ screen: Screen, _ clock: TelemetryClock, times: TableTime, hidesDevice: Bool) throws {
        self.clock = clock
        let output = OutputBuffer(descriptor: 1)
        if screen.format == .table {
            printer = try RowPrinter(
                TelemetryRow.columns(times, hidesDevice: hidesDevice), screen, times: times, output: output)
        } else {
            writer = try SampleWriter(screen.format, clock, output: output)
        }
    }

    /// Rows written.
    var count: Int { printer?.count ?? writer?.count ?? 0 }

    /// The columns that the terminal has no room for.
    var hiddenTitles: [String] { printer?.hiddenTitles ?? [] }

    /// Writes a sample of a scan.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func write(_ sample: TelemetrySample, of scan: SampleScan) throws {
        try writer?.write(sample, of: scan)
        try printer?.write(scan.row(sample).values(clock))
    }

    /// Writes out what is held back.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func flush() throws {
        try printer?.flush()
        try writer?.flush()
    }
}
