import Glibc
import Replay
import Tape
import Terminal

/// Shows a replay while it goes on: a progress line on a terminal, notes on standard error.
///
/// It writes on the thread of an ``EventRelay``: a terminal that is stopped, or a log that nobody reads, must not make
/// messages late.
final class ReplayMonitor: @unchecked Sendable {  // Used by one thread only, that of the relay.
    private let length: Int64?
    private let time = SystemTimeSource()
    private var line: ProgressLine
    private var last: (sent: Int64, elapsed: Int64)?

    /// - Parameter length: recorded time of the whole replay, ns; nil for no end.
    init(length: Int64?) {
        self.length = length
        line = ProgressLine(output: OutputBuffer(descriptor: STDERR_FILENO), capabilities: TerminalCapabilities())
    }

    func observe(_ event: ReplayEvent) {
        switch event {
        case .started: break
        case .progress(let progress):
            line.update(now: time.monotonic, text(progress))
            last = (progress.sent, progress.elapsed)
        case .lost(let error): note("\(error); connecting again")
        case .stillLost(let error): note("\(error)")
        case .reconnected(let outage, let waiting):
            let length = HumanFormat.duration(nanoseconds: outage)
            let again =
                "\(HumanFormat.count(waiting, "message")) on the way when it broke \(waiting == 1 ? "is" : "are")"
            note("connected again after \(length)" + (waiting > 0 ? "; \(again) sent again" : ""))
        case .draining(let unacknowledged):
            note("stopping; \(HumanFormat.count(unacknowledged, "acknowledgement")) awaited for up to 5 s")
        }
    }

    func finish() {
        line.clear()
    }

    private func note(_ text: String) {
        line.note(text)
    }

    /// The line: `12 m 30 s of 1 h 00 m · 1× · ends in 47 m 30 s · 1,203 of 5,771 · 80/s · late 95 µs`.
    private func text(_ progress: ReplayProgress) -> String {
        func time(_ nanoseconds: Int64) -> String { HumanFormat.duration(nanoseconds: nanoseconds) }
        var parts = [time(progress.position) + (length.map { " of \(time($0))" } ?? "")]
        if let speed = speed(progress.pace) { parts.append(speed) }
        if let left = left(progress) { parts.append("ends in \(time(left))") }
        parts.append(
            HumanFormat.count(progress.sent) + (progress.planned.map { " of \(HumanFormat.count($0))" } ?? ""))
        let (sent, elapsed) = last ?? (0, 0)
        parts.append(
            HumanFormat.rate(max(0, progress.sent - sent), nanoseconds: max(1, progress.elapsed - elapsed)))
        if progress.lateness > 0 { parts.append("late \(time(progress.lateness))") }
        if progress.unacknowledged > 0 { parts.append("\(HumanFormat.count(progress.unacknowledged)) unacknowledged") }
        if progress.waitingAnswers > 0 {
            parts.append("\(HumanFormat.count(progress.waitingAnswers, "answer")) waiting for a command")
        }
        return (progress.isPaused ? "paused " : "") + parts.joined(separator: " · ")
    }

    private func speed(_ pace: Pace) -> String? {
        switch pace {
        case .rate(let rate): "\(Self.short(rate))×"
        case .perSecond(let rate): "\(Self.short(rate))/s wanted"
        case .maximum: nil
        }
    }

    private static func short(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() && rounded < 1e9 ? "\(Int64(rounded))" : "\(rounded)"
    }

    /// How long the rest takes at the present speed, ns.
    private func left(_ progress: ReplayProgress) -> Int64? {
        guard !progress.isPaused else { return nil }
        switch progress.pace {
        case .rate(let rate):
            guard let length, length > progress.position else { return nil }
            let left = Double(length - progress.position) / rate
            return left < 9e18 ? Int64(left) : nil
        case .perSecond(let rate):
            guard let planned = progress.planned, planned > progress.sent else { return nil }
            let left = Double(planned - progress.sent) / rate * 1e9
            return left < 9e18 ? Int64(left) : nil
        case .maximum: return nil
        }
    }
}
