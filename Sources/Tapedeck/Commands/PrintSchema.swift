import ArgumentParser
import DeviceProtocol
import Glibc
import Schema
import Terminal

/// `tapedeck schema`: the JSON Schema of a kind of payload, as embedded in the program.
struct PrintSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a kind of payload, or the kinds there are.")

    @Argument(help: "A kind of message: telemetry, command, config_update … (default: list them).")
    var kind: String?

    func run() throws {
        try reportingFailures {
            let output = OutputBuffer(descriptor: STDOUT_FILENO)
            if let kind {
                guard let schema = Schema.payloads[kind] else {
                    throw ValidationError("\(kind): no such kind; one of \(Self.kinds.joined(separator: ", ")).")
                }
                try output.append(bytes: schema)
            } else {
                for kind in Self.kinds { try output.append(kind + "\n") }
            }
            try output.flush()
        }
    }

    private static var kinds: [String] {
        MessageKind.allCases.map(\.rawValue).filter { Schema.payloads[$0] != nil }
    }
}
