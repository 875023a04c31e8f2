import ArgumentParser
import DeviceProtocol
import Foundation
import Query
import Tape
import Terminal

/// What a tape holds, without reading its messages.
struct Info: ParsableCommand {
    /// What `--format` takes: an overview has no rows for CSV.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table
        case jsonl
    }

    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Sessions, window, counts, size, rates and the loss ledger of a tape.",
        discussion: """
            Reads the catalogue only, so it takes as long for a large tape as for a small one. With --format jsonl the \
            answer is one JSON object.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(help: "table or jsonl (default: table on a terminal, jsonl elsewhere).")
    var format: Format?

    @Option(help: "The time zone of the times shown in the table: Europe/Berlin, UTC.")
    var tz = "UTC"

    func validate() throws {
        guard TimeZone(identifier: tz) != nil else {
            throw ValidationError("--tz \(tz): no such time zone; for example UTC or Europe/Berlin.")
        }
    }

    func run() throws {
        try reportingFailures {
            OutputBuffer.ignoreBrokenPipes()
            let info = try TapeInfo(try TapeReader(path: tape))
            let screen = Screen(format.flatMap { OutputFormat(rawValue: $0.rawValue) })
            let output = OutputBuffer(descriptor: 1)
            if screen.format == .jsonl {
                try output.append(bytes: info.json)
            } else {
                let zone = TimeZone(identifier: tz) ?? .gmt
                try InfoReport(info: info, screen: screen, zone: zone, output: output).write()
            }
            try output.flush()
        }
    }
}
