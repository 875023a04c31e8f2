import ArgumentParser
import Replay

/// Over which connections messages are published, and whether the target's commands are waited for.
struct ConnectionModeFlags: ParsableArguments {
    /// What `--connect` takes.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case single
        case perDevice = "per-device"
    }

    @Option(
        help: ArgumentHelp(
            """
            single: everything over one connection; per-device: each device over its own, with its id as client id \
            and its login of --credentials (default: single).
            """, valueName: "how"))
    var connect = Mode.single

    @Option(help: "How many connections --connect per-device may open at most (default: 1000).")
    var maxConnections: Int?

    @Flag(help: "Hold a device's answer to a command back until the target has sent that command.")
    var waitForCommands = false

    @Option(help: "Give an answer up when its command has not come so long after it was due (default: 60s).")
    var commandTimeout: String?

    func validate() throws {
        guard maxConnections == nil || connect == .perDevice else {
            throw ValidationError("--max-connections belongs to --connect per-device.")
        }
        if let maxConnections, !(1...100_000).contains(maxConnections) {
            throw ValidationError("--max-connections takes 1 to 100000.")
        }
        guard commandTimeout == nil || waitForCommands else {
            throw ValidationError("--command-timeout belongs to --wait-for-commands.")
        }
        _ = try timeout()
    }

    /// Over which connections.
    var mode: ConnectionMode {
        connect == .single ? .single : .perDevice(limit: maxConnections ?? ConnectionMode.defaultLimit)
    }

    /// How long an answer waits for its command, ns; nil when it does not.
    func timeout() throws -> Int64? {
        guard waitForCommands else { return nil }
        do {
            return try DurationExpression.parse(commandTimeout ?? "60s")
        } catch {
            throw ValidationError("--command-timeout: \(error)")
        }
    }
}
