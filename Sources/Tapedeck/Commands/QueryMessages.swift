import ArgumentParser
import DeviceProtocol
import Foundation
import JSONScan
import MQTTWire
import Query
import Tape
import Terminal

/// The messages themselves, whole.
struct QueryMessages: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "The messages themselves, whole, in order of arrival.",
        discussion: """
            JSON keys: seq time device_time device kind topic qos retain dup payload|payload_base64 properties \
            session, and duplicate_of, redactions, retained_snapshot where there are any. `payload` is the exact text; bytes that are no UTF-8 \
            are in `payload_base64`. `device` is the device in the topic, and -d selects by it; query telemetry -d \
            finds the samples of devices that only payloads name. Redelivered messages are listed too and \
            name the first one in `duplicate_of`. `retained_snapshot` marks what the broker held when a recording \
            began: it was published at some time before.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    @Flag(help: "Go on with what is being recorded, until the recording ends.")
    var follow = false

    func run() throws {
        try reportingFailures {
            var follower = follow ? TapeFollower() : nil
            let question = try TapeQuestion(tape, selection, output, withSnapshots: true)
            try question.warnOfLosses()
            var stream = try MessageStream(try question.tape(), question.selection)
            let screen = Screen(output.format)
            var printer = try MessagePrinter(screen, question, isGrowing: follow)
            let limit = output.limit > 0 ? output.limit : .max
            var end: TapeFollower.End?
            repeat {
                while printer.count < limit, let row = try stream.next() { try printer.write(row) }
                try printer.flush()
                if printer.count >= limit { break }
                end = try follower?.advance(&stream.scan, question)
            } while follower != nil && end == nil
            if printer.count == 0, end != .stopped { try question.explainNothing("messages", isByTopic: true) }
            try question.finish(
                rows: printer.count, "message", hidden: printer.hiddenTitles, damages: stream.scan.damages)
            if end == .stopped { throw Outcome.interrupted }
        }
    }
}
