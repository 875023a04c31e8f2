import ArgumentParser
import DeviceProtocol
import Foundation
import Glibc
import JSONScan
import Service
import Synchronization
import Tape

/// How the lines of standard error are written.
enum LogStyle: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// For a person.
    case text
    /// For systemd's journal: every line begins with its priority (sd-daemon(3)).
    case journal
    /// For a log collector: a JSON object a line with `time`, `level` and `message`.
    case json

    /// What was asked for; nil leaves it to where standard error goes.
    static let chosen = Mutex<LogStyle?>(nil)

    static var current: LogStyle {
        chosen.withLock { $0 } ?? whereStandardErrorGoes
    }

    private static let whereStandardErrorGoes: LogStyle =
        JournalStream.isConnected(STDERR_FILENO, value: ProcessInfo.processInfo.environment["JOURNAL_STREAM"])
        ? .journal : .text

    /// How bad it is, as syslog counts (RFC 5424 §6.2.1).
    enum Level: Int {
        case error = 3
        case warning = 4
        case info = 6

        /// Tells by how the line begins: the sentence of an error names the program, a warning says so.
        init(of text: String) {
            self =
                text.hasPrefix("warning: ")
                ? .warning
                : ["tapedeck: ", "Error: "].contains(where: text.hasPrefix)
                    ? .error : .info
        }

        var word: String {
            switch self {
            case .error: "error"
            case .warning: "warning"
            case .info: "info"
            }
        }
    }

    /// The bytes of one entry, whose lines must be harmless to a terminal.
    func entry(_ lines: [String], now: @autoclosure () -> Timestamp) -> [UInt8] {
        let level = Level(of: lines.first ?? "")
        switch self {
        case .text: return Array((lines.joined(separator: "\n") + "\n").utf8)
        case .journal: return Array(lines.map { "<\(level.rawValue)>\($0)\n" }.joined().utf8)
        case .json:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("time")
            writer.string(now().rfc3339)
            writer.key("level")
            writer.string(level.word)
            writer.key("message")
            writer.string(lines.joined(separator: "\n"))
            writer.endObject()
            writer.newline()
            return writer.bytes
        }
    }
}
