import ArgumentParser
import DeviceProtocol
import Foundation
import Tape

/// Which messages of both tapes are compared.
struct DiffSelectionFlags: ParsableArguments {
    @Option(parsing: .unconditional, help: "Of the base: from this time on, as query takes it.")
    var baseSince: String?

    @Option(parsing: .unconditional, help: "Of the base: until this time, not included.")
    var baseUntil: String?

    @Option(help: "Of the base: a session by number, or `last`; may be repeated.")
    var baseSession: [String] = []

    @Option(parsing: .unconditional, help: "Of the candidate: from this time on.")
    var candidateSince: String?

    @Option(parsing: .unconditional, help: "Of the candidate: until this time, not included.")
    var candidateUntil: String?

    @Option(help: "Of the candidate: a session by number, or `last`; may be repeated.")
    var candidateSession: [String] = []

    @Option(help: "The time zone for times without one: Europe/Berlin, UTC.")
    var tz: String = "UTC"

    @Option(name: .shortAndLong, help: "A device id of either tape; may be repeated.")
    var device: [String] = []

    @Option(name: .shortAndLong, help: "An MQTT topic filter (+ and #), one of which must match; may be repeated.")
    var topic: [String] = []

    @Option(help: "An MQTT topic filter that must not match; may be repeated.")
    var exclude: [String] = []

    @Option(help: "A kind of message, as query takes it; may be repeated.")
    var kind: [String] = []

    func validate() throws {
        _ = try base()
        _ = try candidate()
    }

    /// What is selected of the base.
    func base() throws -> SelectionFlags { try side("base", baseSince, baseUntil, baseSession) }

    /// What is selected of the candidate.
    func candidate() throws -> SelectionFlags {
        try side("candidate", candidateSince, candidateUntil, candidateSession)
    }

    /// What the options select on a tape; errors name the options of this command.
    func selection(_ flags: SelectionFlags, _ side: String, on tape: TapeReader) throws -> Selection {
        do {
            return try flags.selection(on: tape, summary: try tape.summary())
        } catch let error as ValidationError {
            throw ValidationError("\(side): " + Self.renamed(error.message, side))
        }
    }

    private func side(
        _ name: String, _ since: String?, _ until: String?, _ sessions: [String]
    ) throws -> SelectionFlags {
        var arguments = ["--tz", tz]
        if let since { arguments += ["--since", since] }
        if let until { arguments += ["--until", until] }
        func add(_ flag: String, _ values: [String]) {
            for value in values { arguments += ["\(flag)=\(value)"] }
        }
        add("--session", sessions)
        add("--device", device)
        add("--topic", topic)
        add("--exclude", exclude)
        add("--kind", kind)
        do {
            return try SelectionFlags.parse(arguments)
        } catch {
            throw ValidationError(Self.renamed(SelectionFlags.message(for: error), name))
        }
    }

    private static func renamed(_ message: String, _ side: String) -> String {
        ["since", "until", "session"].reduce(message) { text, flag in
            text.replacing("--\(flag)", with: "--\(side)-\(flag)")
        }
    }
}
