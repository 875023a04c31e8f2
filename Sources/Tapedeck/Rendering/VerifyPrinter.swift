import DeviceProtocol
import JSONScan
import Tape
import Terminal

/// Writes what a verification finds: faults as they are found, the checks at the end.
final class VerifyPrinter {
    private let screen: Screen
    private let monitor: ImportMonitor
    private let output = OutputBuffer(descriptor: 1)
    private var faults: [String] = []
    private var more = 0
    private var losses: [String] = []
    private var moreLosses = 0
    /// What was written went nowhere: the reader has seen enough.
    private var failure: (any Error)?

    /// Lines that a page for people has of each kind.
    private static let shown = 100

    init(_ screen: Screen, _ monitor: ImportMonitor) {
        self.screen = screen
        self.monitor = monitor
    }

    /// Takes a fault.
    func write(_ fault: TapeFault) {
        guard screen.format == .jsonl else {
            if faults.count < Self.shown { faults.append(Self.line(fault)) } else { more += 1 }
            return
        }
        writeObject("fault") { line in
            line.append(",\"check\":")
            line.append(text: fault.check.rawValue)
            Self.append("first_seq", fault.firstSequence, to: &line)
            Self.append("last_seq", fault.lastSequence, to: &line)
            line.append(",\"text\":")
            line.append(text: fault.text)
        }
    }

    /// Takes a stretch of messages that could not be saved.
    func write(_ loss: TapeRepairer.Loss) {
        guard screen.format == .jsonl else {
            if losses.count < Self.shown { losses.append(Self.line(loss)) } else { moreLosses += 1 }
            return
        }
        writeObject("loss") { line in
            Self.append("first_seq", loss.firstSequence, to: &line)
            Self.append("last_seq", loss.lastSequence, to: &line)
            Self.append("messages", loss.messages, to: &line)
            Self.append("from", loss.from, to: &line)
            Self.append("until", loss.until, to: &line)
            line.append(",\"reason\":")
            line.append(text: loss.reason)
        }
    }

    /// Writes the checks, and for people the faults below; without a report only what was found so far.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func finish(_ report: VerifyReport?) throws {
        if screen.format == .jsonl {
            for check in report?.lines ?? [] {
                writeObject("check") { line in
                    line.append(",\"check\":")
                    line.append(text: check.check.rawValue)
                    Self.append("examined", check.examined, to: &line)
                    Self.append("faults", check.faults, to: &line)
                }
            }
        } else {
            if let report { try writeTable(report) }
            try writeLines(faults, more)
            if !losses.isEmpty { try output.append("\nlost:\n") }
            try writeLines(losses, moreLosses)
        }
        if let failure { throw failure }
        try output.flush()
    }

    private func writeTable(_ report: VerifyReport) throws {
        var table = TextTable(
            columns: [
                .init("check", priority: 3), .init("of", priority: 0), .init("examined", .trailing, priority: 1),
                .init("faults", .trailing, priority: 2),
            ], width: screen.width, style: screen.style, glyphs: screen.glyphs, output: output)
        for line in report.lines {
            try table.append([
                .init(line.check.rawValue), .init(line.check.noun), .init(HumanFormat.count(line.examined)),
                .init(HumanFormat.count(line.faults), line.faults == 0 ? .good : .bad),
            ])
        }
        try table.finish()
    }

    private func writeLines(_ lines: [String], _ more: Int) throws {
        for line in lines { try output.append(DisplayText(line, glyphs: screen.glyphs).text + "\n") }
        if more > 0 { try output.append("and \(HumanFormat.count(more)) more (--format jsonl has all)\n") }
    }

    private func writeObject(_ type: String, _ members: (inout JSONLine) -> Void) {
        guard failure == nil else { return }
        var line = JSONLine()
        line.append("{\"type\":")
        line.append(text: type)
        members(&line)
        line.append("}\n")
        do { try output.append(bytes: line.bytes) } catch { failure = error }
    }

    private static func append(_ key: String, _ value: Int64?, to line: inout JSONLine) {
        guard let value else { return }
        line.append(",")
        line.append(text: key)
        line.append(":")
        line.append(value)
    }

    private static func append(_ key: String, _ time: Timestamp?, to line: inout JSONLine) {
        guard let time else { return }
        line.append(",")
        line.append(text: key)
        line.append(":\"")
        line.append(time)
        line.append("\"")
    }

    private static func line(_ fault: TapeFault) -> String {
        "\(fault.check.rawValue): \(numbers(fault.firstSequence, fault.lastSequence))\(fault.text)"
    }

    private static func line(_ loss: TapeRepairer.Loss) -> String {
        var text = numbers(loss.firstSequence, loss.lastSequence)
        text += loss.messages.map { HumanFormat.count($0, "message") } ?? "an unknown number of messages"
        if let from = loss.from { text += ", from \(from.rfc3339)" }
        if let until = loss.until { text += ", until \(until.rfc3339)" }
        return text + ": \(loss.reason)"
    }

    private static func numbers(_ first: Int64?, _ last: Int64?) -> String {
        guard let first else { return "" }
        guard let last, last != first else { return "seq \(first)\(last == nil ? " on" : ""): " }
        return "seq \(first) to \(last): "
    }
}

extension TapeCheck {
    /// What ``VerifyReport/Line/examined`` counts.
    fileprivate var noun: String {
        switch self {
        case .pages: "pages"
        case .journal: "batches"
        case .segments: "segments"
        case .dictionary: "entries"
        case .numbering: "messages"
        case .catalogue: "rows"
        }
    }
}
