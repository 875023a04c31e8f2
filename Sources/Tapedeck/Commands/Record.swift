import ArgumentParser
import CLinux
import MQTTSession
import Recorder
import Tape

/// `tapedeck record`: a broker's messages onto a tape, until stopped.
struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record a broker's messages onto a tape until stopped; an existing tape goes on.",
        discussion: """
            Every message is acknowledged to the broker only after it is durable on the tape. Access keys and other \
            secrets in user properties and payloads are replaced by placeholders before they are written (`tapedeck \
            help redact` says which); not a byte else of a payload changes. Stop with Ctrl-C or SIGTERM: what was \
            received is committed first.
            """)

    @Argument(help: "The tape file; made, readable by its owner only, where there is none.")
    var tape: String

    @OptionGroup var connection: ConnectionFlags

    @OptionGroup var subscription: SubscriptionFlags

    @OptionGroup var clients: ClientsFlags

    @Flag(help: "Go on when the broker refuses some of the filters, or some of several clients do not get through.")
    var bestEffort = false

    @OptionGroup var redaction: RedactionFlags

    @Option(help: "A fact to keep with the session, NAME=VALUE; may be repeated.")
    var tag: [String] = []

    @Option(help: "Stop after so long: 90s, 15m, 8h.")
    var maxDuration: String?

    @Option(help: "Stop after so many messages.")
    var maxMessages: Int64?

    @Option(help: "Delete messages older than this, a segment at a time: 30d, 12h.")
    var keepFor: String?

    @Option(help: "Delete the oldest messages when the tape grows beyond this: 500MB, 2GB.")
    var maxSize: String?

    @Option(help: "Delete the oldest messages when less than this is free on the tape's disk: 1GB.")
    var minFree: String?

    @Option(help: "How long the broker shall queue for the recorder while it is away (default: 1d).")
    var sessionExpiry: String = "1d"

    @Option(help: "Have the broker drop packets larger than this, 8MB, to bound memory; they are lost (default: none).")
    var maxPacketSize: String?

    @OptionGroup var snapshot: SnapshotFlags

    @OptionGroup(title: "Ring and incidents") var triggers: TriggerFlags

    @Flag(help: "Print what happens as JSON Lines on standard output.")
    var json = false

    @OptionGroup(title: "Running unattended") var service: ServiceFlags

    func validate() throws {
        _ = try maxDuration.map { try duration($0, "--max-duration") }
        _ = try duration(sessionExpiry, "--session-expiry")
        _ = try retention()
        _ = try packetSize()
        guard maxMessages ?? 1 > 0 else { throw ValidationError("--max-messages takes a number from 1.") }
        var names = Set<Substring>()
        for tag in tag {
            guard let equals = tag.firstIndex(of: "="), equals != tag.startIndex else {
                throw ValidationError("--tag \(tag): write it NAME=VALUE.")
            }
            guard names.insert(tag[..<equals]).inserted else {
                throw ValidationError("--tag \(tag): the name \(tag[..<equals]) was given before.")
            }
        }
    }

    func run() throws {
        try reportingFailures {
            service.apply()
            CoreDumps.forbid()
            let options = try recordOptions()
            let surroundings = try RecordingService(
                tape: tape, metrics: try service.listenAddress(), waitsForBroker: service.waitForBroker)
            _ = tapedeck_raise_descriptor_limit(Int64(options.clients.count) * 4 + 256)
            StopSignal.takeOver()
            let monitor = RecordMonitor(json: json, tape: tape, namesClients: options.clients.count > 1)
            let relay = EventRelay<RecordMonitor.Item> { monitor.show($0) }
            defer { relay.drain(within: 2) }
            redaction.warn(tape: tape)
            let key = redaction.key()
            do {
                let recorder = try Recorder(
                    options, redactionKey: key, wake: StopSignal.descriptor, isStopping: { StopSignal.hasCome },
                    report: { event in
                        surroundings.note(event)
                        if case .progress = event {
                            relay.send(.event(event), mayBeDropped: true)
                        } else {
                            relay.send(.event(event))
                        }
                    })
                let summary = try recorder.run()
                relay.send(.end(summary))
                if !summary.refused.isEmpty && !bestEffort || summary.sessionLost || summary.statistics.missing > 0
                    || !summary.unreached.isEmpty && !bestEffort
                {
                    throw Outcome.incomplete
                }
            } catch let error as RecorderError {
                guard !StopSignal.hasCome else {
                    relay.send(.failure("stopped: \(error)"))
                    throw Outcome.interrupted
                }
                relay.send(.failure("tapedeck: \(error)"))
                if case .refused = error { throw Outcome.incomplete }
                throw Outcome.failed
            }
        }
    }

    private func recordOptions() throws -> RecordOptions {
        var options = RecordOptions(
            path: tape, clients: try clients.clients(connection, subscription),
            recorder: "tapedeck \(Tapedeck.version)")
        let packetSize = try packetSize()
        for index in options.clients.indices { options.clients[index].connection.maximumPacketSize = packetSize }
        options.bestEffort = bestEffort
        options.waitsForBroker = service.waitForBroker
        options.tags = tag.map { tag in
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        options.redaction = try redaction.rules.rules()
        options.maximumMessages = maxMessages
        options.maximumDuration = try maxDuration.map { try duration($0, "--max-duration") }
        options.retention = try retention()
        options.triggers = try triggers.options(tape: tape)
        options.takesSnapshot = !snapshot.noRetainedSnapshot
        options.watchesStatistics = !snapshot.noBrokerStatistics
        options.sessionExpiry = UInt32(clamping: try duration(sessionExpiry, "--session-expiry") / 1_000_000_000)
        return options
    }

    private func retention() throws -> Retention {
        var retention = Retention()
        retention.age = try keepFor.map { try duration($0, "--keep-for") }
        retention.size = try maxSize.map { try size($0, "--max-size") }
        retention.free = try minFree.map { try size($0, "--min-free") }
        if let age = retention.age, age < 60_000_000_000 { throw ValidationError("--keep-for takes at least 1m.") }
        if let size = retention.size, size < 1_000_000 { throw ValidationError("--max-size takes at least 1MB.") }
        if let ring = try triggers.ringLength() {
            guard retention.age == nil else { throw ValidationError("--ring and --keep-for: choose one of them.") }
            retention.age = ring
            retention.isRing = true
        }
        return retention
    }

    private func packetSize() throws -> UInt32? {
        guard let bytes = try maxPacketSize.map({ try size($0, "--max-packet-size") }) else { return nil }
        // Below that the broker's own answers might not fit.
        guard bytes >= 1_000, let limit = UInt32(exactly: bytes) else {
            throw ValidationError("--max-packet-size takes 1kB to 4GB.")
        }
        return limit
    }

    private func size(_ text: String, _ option: String) throws -> Int64 {
        do { return try SizeExpression.parse(text) } catch { throw ValidationError("\(option): \(error)") }
    }

    private func duration(_ text: String, _ option: String) throws -> Int64 {
        do { return try DurationExpression.parse(text) } catch { throw ValidationError("\(option): \(error)") }
    }
}
