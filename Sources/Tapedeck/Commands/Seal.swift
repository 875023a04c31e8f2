import ArgumentParser
import Glibc
import Tape
import Terminal

/// Brings a tape into its small, fast form.
struct Seal: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a tape into its small, fast form.",
        discussion: """
            What was just recorded lies on a tape as it came. Sealing sorts it by device and value, which takes a \
            fraction of the space and of the time of a query. Every message is read back and compared before the \
            original goes. A recording seals what it holds when it ends; this does the rest, after a kill for instance.
            """)

    @Argument(help: "The tape.")
    var tape: String

    func run() throws {
        try reportingFailures {
            let sealer = try TapeSealer(path: tape)
            var sum = TapeSealer.Step()
            while let step = try sealer.sealNext(.all) { sum.add(step) }
            print(sum, sealer.damages)
        }
    }
}
