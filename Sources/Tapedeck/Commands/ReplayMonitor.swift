import Glibc
import Replay
import Tape
import Terminal

/// Shows a replay while it goes on: a progress line on a terminal, notes on standard error.
final class ReplayMonitor {
    private let pace: Pace
    private let time = SystemTimeSource()
    private var line: ProgressLine

    init(pace: Pace) {
        self.pace = pace
        line = ProgressLine(output: OutputBuffer(descriptor: STDERR_FILENO), capabilities: TerminalCapabilities())
    }

    func observe(_ event: ReplayEvent) {
        switch event {
        case .started: break
        case .progress(let progress): line.update(now: time.monotonic, text(progress))
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
        line.clear()
        Notes.note(text)
    }

    private func text(_ progress: ReplayProgress) -> String {
        var parts = ["\(HumanFormat.count(progress.sent)) of \(HumanFormat.count(progress.planned, "message"))"]
        parts.append(HumanFormat.duration(nanoseconds: progress.elapsed))
        parts.append(HumanFormat.rate(progress.sent, nanoseconds: progress.elapsed))
        if progress.unacknowledged > 0 { parts.append("\(HumanFormat.count(progress.unacknowledged)) unacknowledged") }
        return parts.joined(separator: ", ")
    }
}
