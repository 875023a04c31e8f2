import ArgumentParser
import Glibc
import Tape
import Terminal

/// `tapedeck seal`: what is still as it came, column by column.
struct Seal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Bring a tape into its small, fast form.",
        discussion: """
            What was just recorded lies on a tape as it came. Sealing sorts it by device and value, which takes a \
            fraction of the space and of the time of a query. Every message is read back and compared before the \
            original goes. A recording seals itself while it runs and when it ends; this does the rest, after a kill \
            for instance, and merges the small pieces that many short recordings leave.
            """)

    @Argument(help: "The tape.")
    var tape: String

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            let monitor = ImportMonitor()
            let sealer = try TapeSealer(path: tape)
            let total = try TapeReader(path: tape).unsealedMessages()
            var sealed = TapeSealer.Step()
            var isStopped = false
            while let step = try sealer.sealNext(.all) {
                sealed.add(step)
                monitor.show(messages: sealed.messages, share: Double(sealed.messages) / Double(max(1, total)))
                isStopped = StopSignal.hasCome
                if isStopped { break }
            }
            var merged = TapeSealer.Step()
            while !isStopped, let step = try sealer.mergeNext(.all) {
                merged.add(step)
                isStopped = StopSignal.hasCome
            }
            try sealer.giveBackFreeSpace()
            sealer.checkpoint()
            monitor.clear()
            for damage in sealer.damages { Notes.warning("\(damage)") }
            report(sealed, merged, elapsed: monitor.elapsed)
            if isStopped {
                Notes.note("stopped: \(tape) is sound; seal it again for the rest")
                throw Outcome.interrupted
            }
            if !sealer.damages.isEmpty { throw Outcome.incomplete }
        }
    }

    private func report(_ sealed: TapeSealer.Step, _ merged: TapeSealer.Step, elapsed: Int64) {
        guard sealed.messages + merged.messages > 0 else { return Notes.note("\(tape) is sealed already") }
        var text = "sealed \(tape): \(HumanFormat.count(sealed.messages, "message"))"
        if sealed.stored > 0 {
            let ratio = HumanFormat.ratio(Double(sealed.bytes) / Double(sealed.stored))
            text += " (\(HumanFormat.bytes(sealed.bytes)) in \(HumanFormat.bytes(sealed.stored)), \(ratio))"
        }
        if merged.messages > 0 { text += ", \(HumanFormat.count(merged.messages)) in small pieces merged" }
        text += " in \(HumanFormat.duration(nanoseconds: elapsed))"
        if sealed.literal > 0 { text += "; \(HumanFormat.count(sealed.literal)) kept as text" }
        Notes.note(text)
    }
}
