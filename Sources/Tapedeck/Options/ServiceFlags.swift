import ArgumentParser
import Service
import Synchronization

/// What a recorder needs that runs unattended.
struct ServiceFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Settings from a file (default: TAPEDECK_CONFIG, ~/.config/tapedeck/config, /etc/tapedeck.conf).",
            valueName: "file"))
    var config: String?

    @Flag(help: "Wait for a broker that cannot be reached at the start, instead of ending with an error.")
    var waitForBroker = false

    @Option(
        help: ArgumentHelp(
            "Serve Prometheus metrics at http://HOST:PORT/metrics; a port alone is on loopback.",
            valueName: "host:port"))
    var metrics: String?

    @Option(help: "How notes are written: text, journal or json (default: journal under systemd, else text).")
    var log: LogStyle?

    func validate() throws {
        _ = try listenAddress()
    }

    /// Puts in force what holds for the whole program.
    func apply() {
        if let log { LogStyle.chosen.withLock { $0 = log } }
    }

    /// Where metrics are served; nil where they are not.
    func listenAddress() throws -> ListenAddress? {
        guard let metrics else { return nil }
        do { return try ListenAddress(metrics) } catch { throw ValidationError("--metrics \(error).") }
    }
}
