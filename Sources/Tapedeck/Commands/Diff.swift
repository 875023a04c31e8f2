import ArgumentParser
import DeviceProtocol
import Diff
import Foundation
import Tape
import Terminal

/// Compares two tapes as conversations.
struct Diff: ParsableCommand {
    /// What `--format` takes.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table
        case jsonl
        case junit
        case html
    }

    /// What `--direction` takes.
    enum DirectionChoice: String, CaseIterable, ExpressibleByArgument {
        case device
        case cloud
        case both

        var direction: Direction? {
            switch self {
            case .device: .deviceToCloud
            case .cloud: .cloudToDevice
            case .both: nil
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two tapes, or parts of them, as conversations.",
        discussion: """
            The messages of each device and kind are laid upon each other by what they say: one that is missing does \
            not shift those behind it. Answers are timed from the command, licence or configuration that they answer, \
            everything else from the beginning of the run. Verdicts: missing (on the base only), extra (on the \
            candidate only), changed, reordered (the same content at another place), late (the same content more than \
            a second earlier or later). A pair of messages counts once, by its gravest verdict; telemetry is told \
            metric by metric.

            Not compared, unless --strict: ids of commands, licences and incidents, correlation data, ids in response \
            topics, what clocks say (timestamp, last_updated, local_time, current_time, expires_at …), access keys and \
            placeholders of secrets, expiry intervals, subscription identifiers, DUP. Redelivered duplicates count once.

            --rules FILE is a JSON object of
              ignore             [{"kind", "device", "pointer" or "metric"} or {"kind", "device", "verdict"} …]
              numeric_tolerance  [{"kind", "device", "pointer" or "metric", "absolute" and/or "relative"} …]
              time_tolerance     "2s", or {"default": "1s", "command_update": "5s" …}
              unordered          [{"kind", "pointer"} …]: arrays whose order does not matter
              ignore_kinds       ["telemetry" …]
            A pointer is a JSON Pointer into the payload, or qos, retain, topic, properties/…; its parts, devices and \
            metrics may hold * and ?. "why" and "count" are remarks. --write-rules compares two runs of the same thing \
            and writes rules under which they are the same.

            JSON keys: device candidate_device kind key verdict base candidate path base_seq candidate_seq base_time \
            candidate_time late_ms in_gap, and changes (path base candidate each) where more than one place differs. \
            in_gap: on one tape only, at a time at which the other may have lost messages (its loss ledger). With \
            --summary: device kind same missing extra changed reordered late.

            Exit codes: 0 the same, 3 different, 1 error, also where there is nothing to compare, 64 usage, \
            130 interrupted.
            """)

    @Argument(help: "The tape as it should be.")
    var base: String

    @Argument(help: "The tape that is held against it.")
    var candidate: String

    @OptionGroup(title: "Selection")
    var selection: DiffSelectionFlags

    @Option(help: "Which way messages travel: device (to the cloud), cloud (to devices) or both.")
    var direction = DirectionChoice.both

    @Option(help: ArgumentHelp("A device of the base and the same device on the candidate.", valueName: "A=B"))
    var mapDevice: [String] = []

    @Option(help: ArgumentHelp("A CSV file of such pairs.", valueName: "file"))
    var deviceMap: String?

    @Option(help: ArgumentHelp("What may differ, JSON.", valueName: "file"))
    var rules: String?

    @Option(
        help: ArgumentHelp("Write rules under which both tapes are the same, and compare no more.", valueName: "file"))
    var writeRules: String?

    @Option(help: "By how much a time may differ (default: 1s, or what the rules say).")
    var timeTolerance: String?

    @Flag(help: "Compare everything.")
    var strict = false

    @Option(help: "table, jsonl, junit or html (default: table on a terminal, jsonl elsewhere).")
    var format: Format?

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "file"))
    var output: String?

    @Flag(help: "Replace the file if it is there already.")
    var force = false

    @Flag(help: "Only the sums by device and kind.")
    var summary = false

    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: "At most this many differences; 0 for all (default: 50 on a terminal).")
    var limit: Int?

    @Flag(name: .shortAndLong, help: "No summary on standard error; warnings stay.")
    var quiet = false

    func validate() throws {
        guard (limit ?? 0) >= 0 else {
            throw ValidationError("--limit \(limit ?? 0): a number of differences cannot be negative; 0 gives all.")
        }
        if let timeTolerance {
            do { _ = try DurationExpression.parse(timeTolerance) } catch {
                throw ValidationError("--time-tolerance: \(error)")
            }
        }
        guard writeRules == nil || (output == nil && format == nil && !summary) else {
            throw ValidationError("--write-rules writes rules only: leave --output, --format and --summary out.")
        }
        guard !force || output != nil || writeRules != nil else {
            throw ValidationError("--force belongs to --output or --write-rules.")
        }
        guard !summary || (format != .junit && format != .html) else {
            throw ValidationError("--summary is for --format table and jsonl; junit and html always have the sums.")
        }
    }

    func run() throws {
        try reportingFailures {
            OutputBuffer.ignoreBrokenPipes()
            StopSignal.takeOver()
            let job = try DiffJob(self)
            if let writeRules { try job.writeRules(to: writeRules) } else { try job.compare() }
        }
    }
}
