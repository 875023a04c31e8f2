import ArgumentParser
import MQTTSession
import MQTTWire
import Terminal

/// `tapedeck check`: whether a recording from a broker can be complete, before it starts.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at a broker before a long recording: what it grants, keeps, drops, and what to change.",
        discussion: """
            Connects as a recorder would, subscribes, reads what the broker tells about itself ($SYS), listens for a \
            moment, and says what would make a recording incomplete. Records nothing, publishes nothing without --probe, \
            and leaves no session behind. Exit code 3 when a recording would be incomplete.
            """)

    @OptionGroup var connection: ConnectionFlags
    @OptionGroup var subscription: SubscriptionFlags

    @Option(help: "For how long the broker shall queue for the recorder while it is away (default: 1d).")
    var sessionExpiry = "1d"

    @Option(help: "Publish a message on this topic and see whether it comes back.")
    var probe: String?

    @Option(help: "How long to listen; mosquitto tells how much it drops every 10 seconds (default: 3s).")
    var listen = "3s"

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        _ = try duration(listen, "--listen")
        _ = try duration(sessionExpiry, "--session-expiry")
        if let probe {
            guard let filter = try? TopicFilter(probe), !probe.contains("+"), !probe.contains("#"),
                filter.text == probe,
                !probe.hasPrefix("$")
            else { throw ValidationError("--probe \(probe): it takes a topic without wildcards.") }
        }
    }

    func run() throws {
        try reportingFailures {
            OutputBuffer.ignoreBrokenPipes()
            var options = try connection.options(defaultClientID: "tapedeck-check-\(UInt32.random(in: 0 ... .max))")
            options.sessionExpiry = UInt32(clamping: try duration(sessionExpiry, "--session-expiry") / 1_000_000_000)
            options.receiveMaximum = 960
            StopSignal.takeOver()
            let plan = BrokerCheck.Plan(
                connection: options, subscriptions: try subscription.subscriptions(), probe: probe,
                patience: try duration(listen, "--listen"))
            let facts: BrokerFacts
            do {
                var check = try BrokerCheck(plan, wake: StopSignal.descriptor) { StopSignal.hasCome }
                facts = try check.run()
            } catch  where StopSignal.hasCome {
                throw Outcome.interrupted
            }
            guard !StopSignal.hasCome else { throw Outcome.interrupted }
            let report = CheckReport(facts)
            let output = OutputBuffer(descriptor: 1)
            if json { try output.append(bytes: report.json) } else { try output.append(report.text) }
            try output.flush()
            if !report.isComplete { throw Outcome.incomplete }
        }
    }

    private func duration(_ text: String, _ option: String) throws -> Int64 {
        do { return try DurationExpression.parse(text) } catch { throw ValidationError("\(option): \(error)") }
    }
}
