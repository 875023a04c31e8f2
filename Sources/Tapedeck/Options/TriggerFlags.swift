import ArgumentParser
import Glibc
import Recorder
import Tape

/// What makes `record` keep a rolling window and cut incident tapes out of it.
struct TriggerFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep a rolling window of about this length on the tape: 10m, 6h.", valueName: "duration"))
    var ring: String?

    @Option(
        help: ArgumentHelp(
            """
            Cut an incident tape when this begins to hold; may be repeated: status=offline, cpu_temp>80, \
            command=failed, 'command open>60s', silence>5m, topic=FILTER, mark.
            """, valueName: "condition"))
    var trigger: [String] = []

    @Option(help: ArgumentHelp("How much of the time before the trigger an incident tape has.", valueName: "duration"))
    var before = "5m"

    @Option(help: ArgumentHelp("How much of the time after the trigger an incident tape has.", valueName: "duration"))
    var after = "10m"

    @Option(help: ArgumentHelp("The folder for incident tapes (default: that of the tape).", valueName: "folder"))
    var incidents: String?

    @Option(help: ArgumentHelp("How many incidents may begin within an hour.", valueName: "number"))
    var maxIncidents = 60

    /// What a window may need on the ring beyond its own length, ns: until it is cut.
    private static let slack: Int64 = 10_000_000_000

    func validate() throws {
        _ = try conditions()
        _ = try timing()
        if let ring, try duration(ring, "--ring") < 10_000_000_000 {
            throw ValidationError("--ring takes at least 10s.")
        }
    }

    /// How long the ring is, ns: as long as was asked for, and never shorter than what an incident needs; nil without.
    func ringLength() throws -> Int64? {
        guard let ring else { return nil }
        let asked = try duration(ring, "--ring")
        guard !trigger.isEmpty else { return asked }
        let timing = try timing()
        return max(asked, timing.before + timing.after + Self.slack)
    }

    /// What the recorder has to do; nil where there is no trigger.
    ///
    /// Makes the folder for incident tapes where there is none.
    func options(tape: String) throws -> TriggerOptions? {
        let conditions = try conditions()
        guard !conditions.isEmpty else { return nil }
        let folder = incidents ?? Self.folder(of: tape)
        if incidents != nil, mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw IncidentFolderError(folder: folder, reason: String(cString: strerror(errno)))
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            throw IncidentFolderError(folder: folder, reason: String(cString: strerror(errno)))
        }
        let incidents = IncidentTape(tape: tape, folder: folder)
        return TriggerOptions(conditions: conditions, timing: try timing()) { try incidents.cut($0) }
    }

    private func conditions() throws -> [TriggerCondition] {
        try trigger.map { text in
            do {
                return try TriggerCondition(text) { try? DurationExpression.parse($0) }
            } catch {
                throw ValidationError("--trigger \(error).")
            }
        }
    }

    private func timing() throws -> TriggerTiming {
        let (before, after) = (try duration(before, "--before"), try duration(after, "--after"))
        let longest: Int64 = 7 * 86_400_000_000_000
        guard before <= longest, after <= longest else {
            throw ValidationError("--before and --after take at most 7d.")
        }
        guard before + after > 0 else { throw ValidationError("--before and --after must not both be 0s.") }
        guard maxIncidents > 0 else { throw ValidationError("--max-incidents takes a number from 1.") }
        return TriggerTiming(before: before, after: after, perHour: maxIncidents)
    }

    private func duration(_ text: String, _ option: String) throws -> Int64 {
        do { return try DurationExpression.parse(text) } catch { throw ValidationError("\(option): \(error)") }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// The folder for incident tapes cannot be used.
private struct IncidentFolderError: Error, CustomStringConvertible {
    let folder: String
    let reason: String

    var description: String {
        "incident tapes cannot be written to \(folder): \(reason); name another folder by --incidents"
    }
}
