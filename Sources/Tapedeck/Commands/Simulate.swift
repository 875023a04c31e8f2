import ArgumentParser
import DeviceProtocol
import Foundation
import Glibc
import MQTTSession
import Simulator
import Tape
import Terminal

/// Plays a fleet of devices and its cloud against a broker.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a fleet of devices and its cloud against a broker, or onto a tape.",
        discussion: """
            Publishes under v1/device/ID/… what displays, projectors, sensors, switches and players say, and what their \
            cloud answers: telemetry, commands with their lifecycles, configurations, licences, firmware, outages. The \
            same --seed gives the same fleet with the same habits and values.

            Two connections are made, for the fleet and for the cloud. Nothing is published with RETAIN, unless --odd \
            asks for it. Device ids and access keys are made up.

            Ends after --duration or --count, or when it is interrupted.

            --side cloud plays the cloud alone, so that a replay, or real devices, can be the fleet; --side fleet the \
            devices alone. --ids gives the same life to devices of other ids and keys, --roster prints them as CSV for \
            `replay --credentials` and --device-map. --fault makes the cloud do something wrong once, for `diff` to \
            find.

            With --to-tape there is no broker: what both would publish is written onto a tape with the simulation's own \
            times and as fast as it goes. The same --seed and --start give the same messages. The made-up access keys \
            are written as they are.
            """)

    @OptionGroup(title: "Connection")
    var connection: ConnectionFlags

    @Option(help: "How many devices there are, 1 to 1000000.")
    var devices = 20

    @Option(help: "Telemetry of the whole fleet in messages a second; answers come on top (default: devices / 10).")
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Write onto this tape instead of playing; needs --duration or --count. An existing tape goes on.",
            valueName: "tape"))
    var toTape: String?

    @Option(
        parsing: .unconditional,
        help: "With --to-tape: when the simulation begins, as --since takes it (default: so that it ends now).")
    var start: String?

    @Flag(help: "With --to-tape: leave the messages as they came; `tapedeck seal` makes the tape small later.")
    var noSeal = false

    @Option(help: "How long it runs: 30s, 10m, 2h (default: until stopped).")
    var duration: String?

    @Option(help: "End after this many messages of the fleet.")
    var count: Int?

    @Option(help: "What all that is random derives from.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("What the ids and keys of the devices derive from (default: the seed).", valueName: "seed"))
    var ids: UInt64?

    @Flag(help: "Print the devices and their made-up keys as CSV, device,access_key, and play nothing.")
    var roster = false

    @Option(help: "Play the fleet or the cloud alone: fleet or cloud.", transform: Self.choice)
    var side: SimulatedPublish.Side?

    @Option(
        help: ArgumentHelp(
            "Something that the cloud does wrong, once: \(CloudFault.allCases.map(\.rawValue).joined(separator: ", ")); may be repeated.",
            valueName: "fault"),
        transform: Self.choice)
    var fault: [CloudFault] = []

    @Option(help: "The share of the fleet's messages that is odd or broken on purpose, 0 to 1.")
    var odd = 0.0

    func validate() throws {
        guard (1...1_000_000).contains(devices) else { throw ValidationError("--devices takes 1 to 1000000.") }
        guard (0...1).contains(odd) else {
            throw ValidationError("--odd takes a share from 0 to 1, 0.05 for instance.")
        }
        if let rate, !(rate.isFinite && 0.000_1...10_000_000 ~= rate) {
            throw ValidationError("--rate takes 0.0001 to 10000000 messages a second.")
        }
        if let count, count < 1 { throw ValidationError("--count takes at least 1.") }
        let limits = try limits()
        guard toTape != nil, !roster else {
            guard start == nil else { throw ValidationError("--start belongs to --to-tape: a broker plays now.") }
            return
        }
        guard connection.broker.isEmpty, connection.host == nil else {
            throw ValidationError("--to-tape writes onto a tape without a broker: leave --broker and --host out.")
        }
        guard side == nil else { throw ValidationError("--side belongs to a broker; a tape gets both sides.") }
        guard limits.duration != nil || limits.count != nil else {
            throw ValidationError("--to-tape needs an end: give --duration or --count.")
        }
        _ = try begin(SimulationSettings(devices: devices, rate: rate), limits)
    }

    func run() throws {
        try reportingFailures {
            if roster { return try printRoster() }
            if let toTape { return try write(to: toTape) }
            let settings = settings
            let (fleet, cloud) = try sides()
            let output = OutputBuffer(descriptor: STDERR_FILENO)
            var line = ProgressLine(output: output, capabilities: TerminalCapabilities())
            let clock = SystemTimeSource()
            StopSignal.takeOver()
            let host = SimulationDriver.Host(
                monotonic: { clock.monotonic }, wall: { clock.wall },
                shouldStop: { StopSignal.hasCome }, wake: StopSignal.descriptor,
                progress: { report in line.update(now: clock.monotonic, Self.progress(report, devices: devices)) },
                note: { line.note($0) })
            var driver = try SimulationDriver(
                settings, limits: try limits(), fleet: side == .cloud ? nil : fleet,
                cloud: side == .fleet ? nil : cloud, host: host)
            let report = try driver.run()
            line.clear()
            Notes.note(Self.summary(report, devices: devices))
            if StopSignal.number == SIGINT { throw Outcome.interrupted }
            if !report.refusedFilters.isEmpty { throw Outcome.incomplete }
        }
    }

    /// The value of an option that takes one of a few words.
    @Sendable private static func choice<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> Value
    where Value.RawValue == String {
        guard let value = Value(rawValue: text) else {
            throw ValidationError("takes \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    private var settings: SimulationSettings {
        var settings = SimulationSettings(devices: devices, rate: rate, seed: seed, oddShare: odd)
        settings.identitySeed = ids
        settings.faults = Set(fault)
        return settings
    }

    private func printRoster() throws {
        let output = OutputBuffer(descriptor: STDOUT_FILENO)
        try output.append("device,access_key\n")
        for entry in Roster(settings).entries { try output.append("\(entry.device.text),\(entry.accessKey)\n") }
        try output.flush()
    }

    /// Writes the simulation onto a tape.
    private func write(to tape: String) throws {
        StopSignal.takeOver()
        let limits = try limits()
        var settings = settings
        settings.start = try begin(settings, limits)
        let recording = SimulatedRecording(
            settings: settings, limits: limits, recorder: "tapedeck \(Tapedeck.version)", seals: !noSeal)
        let monitor = ImportMonitor()
        defer { monitor.clear() }
        let report = try recording.write(
            to: tape, isStopping: { StopSignal.hasCome },
            progress: { report in
                let share =
                    limits.duration.map { Double(report.length) / Double($0) }
                    ?? limits.count.map { Double(report.fleetMessages) / Double($0) }
                monitor.show(messages: Int64(report.fleetMessages + report.cloudMessages), share: share)
            })
        monitor.clear()
        Notes.note(Self.summary(report, tape: tape, devices: devices, elapsed: monitor.elapsed))
        for error in report.sealingErrors { Notes.warning("\(error); `tapedeck seal` tries again") }
        if report.wasStopped { throw Outcome.interrupted }
    }

    /// When a simulation onto a tape begins: at --start, else so that it ends now, to the second.
    private func begin(_ settings: SimulationSettings, _ limits: SimulationLimits) throws -> Timestamp {
        let now = Timestamp(nanoseconds: SystemTimeSource().wall)
        let expected = limits.count.map { min(Double($0) / settings.rate * 1e9, 1e18) } ?? 0
        let length = limits.duration ?? Int64(expected)
        let begin: Timestamp
        if let start {
            do {
                begin = try TimeExpression.parse(start).resolve(now: now, zone: .gmt)
            } catch {
                throw ValidationError("--start: \(error)")
            }
        } else {
            let exact = now.nanoseconds &- length
            begin = Timestamp(nanoseconds: exact - exact % 1_000_000_000)
        }
        let (end, overflow) = begin.nanoseconds.addingReportingOverflow(length)
        guard MessageLineParser.times.contains(begin), !overflow,
            MessageLineParser.times.contains(Timestamp(nanoseconds: end))
        else {
            throw ValidationError("The simulation would not lie between 1970 and 2199: see --start and --duration.")
        }
        return begin
    }

    /// One line: what was written.
    private static func summary(
        _ report: SimulatedRecording.Report, tape: String, devices: Int, elapsed: Int64
    ) -> String {
        let messages = Int64(report.fleetMessages + report.cloudMessages - report.unsendableMessages)
        var parts = [
            "simulated \(HumanFormat.count(devices, "device")) for \(HumanFormat.duration(nanoseconds: report.length)) "
                + "onto \(tape) as session \(report.session)",
            HumanFormat.count(report.fleetMessages, "fleet message"),
            HumanFormat.count(report.cloudMessages, "cloud message"),
            "\(HumanFormat.bytes(report.bytes)) in \(HumanFormat.duration(nanoseconds: elapsed)) "
                + "(\(HumanFormat.rate(messages, nanoseconds: elapsed)))",
        ]
        if report.oddMessages > 0 { parts.append("\(HumanFormat.count(report.oddMessages)) odd on purpose") }
        if report.unsendableMessages > 0 {
            parts.append("\(HumanFormat.count(report.unsendableMessages)) left out that MQTT cannot carry")
        }
        return parts.joined(separator: "; ")
    }

    private func limits() throws -> SimulationLimits {
        guard let duration else { return SimulationLimits(count: count) }
        do {
            let length = try DurationExpression.parse(duration)
            guard length > 0 else { throw ValidationError("--duration takes a length of time above zero.") }
            return SimulationLimits(duration: length, count: count)
        } catch let error as DurationExpressionError {
            throw ValidationError("--duration: \(error)")
        }
    }

    /// The two connections; their client ids differ in one word.
    private func sides() throws -> (fleet: ConnectionOptions, cloud: ConnectionOptions) {
        let tag = String(UInt16.random(in: 0x1000...UInt16.max), radix: 16)
        var fleet = try connection.options(defaultClientID: "tapedeck-sim-fleet-\(tag)")
        var cloud = fleet
        if let id = connection.clientID {
            fleet.clientID = id + "-fleet"
            cloud.clientID = id + "-cloud"
        } else {
            cloud.clientID = "tapedeck-sim-cloud-\(tag)"
        }
        fleet.receiveMaximum = 1_000
        cloud.receiveMaximum = 1_000
        return (fleet, cloud)
    }

    private static func progress(_ report: SimulationReport, devices: Int) -> String {
        let elapsed = HumanFormat.duration(nanoseconds: report.elapsed)
        let fleet = HumanFormat.count(report.fleetMessages)
        let rate = HumanFormat.rate(Int64(report.fleetMessages), nanoseconds: report.elapsed)
        return "\(elapsed)  fleet \(fleet) (\(rate))  cloud \(HumanFormat.count(report.cloudMessages))"
            + "  commands \(report.endedCommands)/\(report.issuedCommands)"
    }

    /// One line: what was sent, and what did not go as it should.
    private static func summary(_ report: SimulationReport, devices: Int) -> String {
        let elapsed = HumanFormat.duration(nanoseconds: report.elapsed)
        let rate = HumanFormat.rate(Int64(report.fleetMessages), nanoseconds: report.elapsed)
        var parts = [
            "\(HumanFormat.count(devices, "device")) for \(elapsed)",
            "\(HumanFormat.count(report.fleetMessages, "fleet message")) (\(rate))",
            HumanFormat.count(report.cloudMessages, "cloud message"),
            "\(HumanFormat.count(report.issuedCommands, "command")) issued, "
                + "\(HumanFormat.count(report.endedCommands)) ended",
            HumanFormat.count(report.reconnects, "reconnect"),
        ]
        if report.oddMessages > 0 { parts.append("\(HumanFormat.count(report.oddMessages)) odd on purpose") }
        if report.rejectedMessages > 0 {
            parts.append("\(HumanFormat.count(report.rejectedMessages)) not taken by the broker")
        }
        if report.unsendableMessages > 0 {
            parts.append("\(HumanFormat.count(report.unsendableMessages)) could not be sent at all")
        }
        if report.unconfirmedMessages > 0 {
            parts.append("\(HumanFormat.count(report.unconfirmedMessages)) unconfirmed at a lost connection")
        }
        if report.greatestDelay > 1_000_000_000 {
            parts.append("up to \(HumanFormat.duration(nanoseconds: report.greatestDelay)) behind schedule")
        }
        return "simulated " + parts.joined(separator: "; ")
    }
}
