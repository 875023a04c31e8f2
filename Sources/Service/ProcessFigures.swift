import Foundation
import Glibc

/// What this process uses, as the kernel counts it.
public struct ProcessFigures: Sendable, Hashable {
    /// Processor time in user and system mode, s.
    public var cpuSeconds: Double
    /// Memory that is resident, bytes.
    public var residentBytes: Int64
    /// Open descriptors; nil where the limits of the service hide them.
    public var openDescriptors: Int?

    /// Reads the figures (getrusage(2), proc(5)); what cannot be read is 0.
    public static func now() -> ProcessFigures {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let cpu = [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }.reduce(0, +)
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
            .dropFirst().first.flatMap { Int64($0) }
        return ProcessFigures(
            cpuSeconds: cpu, residentBytes: (pages ?? 0) &* Int64(sysconf(Int32(_SC_PAGESIZE))),
            openDescriptors: (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count)
    }
}
