import ArgumentParser
import Foundation
import Glibc
import Query
import Tape
import Terminal

/// Takes messages out of a tape, as JSON Lines or CSV.
struct Export: ParsableCommand {
    /// What `--format` takes.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case jsonl
        case csv

        var output: OutputFormat {
            switch self {
            case .jsonl: .jsonl
            case .csv: .csv
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Take messages out of a tape, as JSON Lines or CSV.",
        discussion: """
            jsonl is what query messages --format jsonl writes, and import reads it again: byte for byte the same \
            messages, with all their properties. Packet identifiers, marks and the loss ledger are no part of it.

            csv has a header and the columns seq, time, device_time, device, kind, topic, qos, retain, dup, payload, \
            payload_base64, properties, session, duplicate_of, redactions, after RFC 4180. Times are RFC 3339 in UTC \
            with nanoseconds. payload is text; bytes that are no UTF-8 are in payload_base64 instead. properties is \
            the JSON object that jsonl has. An absent value is an empty field, an empty payload is "".

            Exit codes: 0 done, 1 error, 3 parts of the tape could not be read, 64 usage, 130 interrupted.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @Option(help: "jsonl or csv.")
    var format = Format.jsonl

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file to write, readable by its owner only (default: standard output). It appears when it is complete.",
            valueName: "file"))
    var output: String?

    @Flag(help: "Replace the file if it is there already.")
    var force = false

    @Flag(name: .shortAndLong, help: "No summary on standard error; warnings stay.")
    var quiet = false

    /// Between two reports of progress, messages.
    private static let stride = 1_024

    func run() throws {
        try reportingFailures {
            StopSignal.takeOver()
            let question = try question()
            let file = try output.flatMap { $0 == "-" ? nil : $0 }.map {
                try ExportFile($0, tape: tape, replaces: force)
            }
            try question.warnOfLosses()
            // Nothing is shown beside rows on a terminal.
            let monitor = ImportMonitor(isShown: file != nil || isatty(STDOUT_FILENO) == 0)
            defer { monitor.clear() }
            var stream = try MessageStream(try question.tape(), question.selection)
            let destination = file?.output ?? OutputBuffer(descriptor: STDOUT_FILENO)
            let count = try write(&stream, question, to: destination, monitor)
            monitor.clear()
            guard !StopSignal.hasCome else {
                Notes.note("stopped\(file == nil ? "" : ": nothing was written to \(output ?? "")")")
                throw Outcome.interrupted
            }
            if let file { try file.complete() } else { try destination.flush() }
            if count == 0 { try question.explainNothing("messages", isByTopic: true) }
            try question.finish(rows: count, "message", damages: stream.scan.damages)
        }
    }

    private func write(
        _ stream: inout MessageStream, _ question: TapeQuestion, to output: OutputBuffer, _ monitor: ImportMonitor
    ) throws -> Int {
        var printer = try MessagePrinter(Screen(format.output), question, isGrowing: false, output: output)
        let isWhole = !question.window.isPart
        let total = Double(max(1, question.summary.messages))
        while let row = try stream.next() {
            try printer.write(row)
            guard printer.count.isMultiple(of: Self.stride) else { continue }
            if StopSignal.hasCome { break }
            let share = isWhole ? Double(row.message.sequence) / total : nil
            monitor.show(messages: Int64(printer.count), share: share)
        }
        try printer.flush()
        return printer.count
    }

    private func question() throws -> TapeQuestion {
        OutputBuffer.ignoreBrokenPipes()
        do {
            let reader = try TapeReader(path: tape)
            let chosen = try selection.selection(on: reader, summary: try reader.summary())
            return try TapeQuestion(reader, chosen, zone: try selection.zone(), quiet: quiet)
        } catch TapeError.notATape(let path) {
            guard Self.looksLikeJSON(path) else { throw TapeError.notATape(path: path) }
            throw ExportError.isJSONLines(file: path)
        }
    }

    private static func looksLikeJSON(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        let start = (try? file.read(upToCount: 1_024)) ?? Data()
        return start.first { $0 > 0x20 } == UInt8(ascii: "{")
    }
}
