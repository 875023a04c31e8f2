import ArgumentParser
import DeviceProtocol
import Replay
import Tape

/// When messages are published: how fast, how often, from where to where.
struct PaceFlags: ParsableArguments {
    @Option(help: "How many times as fast as recorded: 10 is ten times as fast, 0.5 half as fast (default: 1).")
    var rate: Double?

    @Flag(help: "As fast as the broker takes it, without any timing, but at most 5,000 messages a second.")
    var maxSpeed = false

    @Option(
        help: "So many messages a second, evenly, instead of the recorded timing; with --max-speed at most so many.")
    var pps: Double?

    @Flag(help: "Lift the limit of 5,000 messages a second that --max-speed and --fan-out have.")
    var noRateCap = false

    @Option(help: ArgumentHelp("Go over the tape so many times, or `forever`.", valueName: "times"))
    var loop: String?

    @Option(help: "Wait this much recorded time between two rounds of --loop: 5s, 1m (default: nothing).")
    var loopDelay: String?

    @Option(help: "Leave out this much recorded time at the beginning of the window: 90s, 1h30m.")
    var startOffset: String?

    @Option(help: "Replay this much recorded time and no more.")
    var duration: String?

    @Option(help: "Shorten silences to this much recorded time: 5s, 1m.")
    var maxGap: String?

    @Option(help: "Wait so long before the first message.")
    var delay: String?

    @Flag(help: "Connect, and wait for a key before the first message.")
    var startPaused = false

    /// What a fleet that is larger or faster than the recorded one may send, messages a second.
    static let safeRate = 5_000.0

    func validate() throws {
        guard rate == nil || !maxSpeed else { throw ValidationError("Give either --rate or --max-speed, not both.") }
        guard rate == nil || pps == nil else { throw ValidationError("Give either --rate or --pps, not both.") }
        if let rate, !(rate.isFinite && (1e-6...1e6).contains(rate)) {
            throw ValidationError("--rate takes a number from 0.000001 to 1000000: 10 is ten times as fast.")
        }
        if let pps, !(pps.isFinite && (1e-3...1e6).contains(pps)) {
            throw ValidationError("--pps takes messages a second from 0.001 to 1000000.")
        }
        guard !noRateCap || pps == nil else {
            throw ValidationError("--pps is a limit of its own; leave --no-rate-cap away.")
        }
        guard loopDelay == nil || loop != nil else { throw ValidationError("--loop-delay belongs to --loop.") }
        _ = try repetition()
        _ = try length(of: \.startOffset, "--start-offset")
        _ = try length(of: \.maxGap, "--max-gap")
        _ = try length(of: \.delay, "--delay")
        if try length(of: \.duration, "--duration") == 0 {
            throw ValidationError("--duration 0 leaves nothing to replay.")
        }
    }

    /// How fast it goes.
    var pace: Pace {
        if maxSpeed { return .maximum }
        return pps.map { .perSecond($0) } ?? .rate(rate ?? 1)
    }

    /// Messages a second at most.
    ///
    /// - Parameter isMultiplied: whether one recorded device becomes several.
    /// - Returns: nil for as many as there are.
    func cap(isMultiplied: Bool = false) -> Double? {
        if maxSpeed { return pps ?? (noRateCap ? nil : Self.safeRate) }
        return isMultiplied && pps == nil && !noRateCap ? Self.safeRate : nil
    }

    /// How often it goes over the tape.
    func repetition() throws -> Repetition {
        let delay = try length(of: \.loopDelay, "--loop-delay") ?? 0
        guard let loop else { return .once }
        if loop == "forever" { return Repetition(rounds: nil, delay: delay) }
        guard let rounds = Int64(loop), rounds >= 1 else {
            throw ValidationError("--loop \(loop): takes a number of rounds from 1, or `forever`.")
        }
        return Repetition(rounds: rounds, delay: delay)
    }

    /// Silences longer than this are shortened to it, ns.
    func longestSilence() throws -> Int64? { try length(of: \.maxGap, "--max-gap") }

    /// All of when.
    ///
    /// - Parameter isMultiplied: whether one recorded device becomes several.
    /// - Returns: the timing of the replay.
    /// - Throws: `ValidationError`.
    func timing(isMultiplied: Bool = false) throws -> ReplayRun.Timing {
        var timing = ReplayRun.Timing()
        timing.pace = pace
        timing.cap = cap(isMultiplied: isMultiplied)
        timing.repetition = try repetition()
        timing.delay = try length(of: \.delay, "--delay") ?? 0
        timing.startsPaused = startPaused
        return timing
    }

    /// Narrows a selection to --start-offset and --duration, which count from its first message.
    func narrow(_ selection: inout Selection, on tape: TapeReader) throws {
        let offset = try length(of: \.startOffset, "--start-offset")
        let length = try length(of: \.duration, "--duration")
        guard offset != nil || length != nil else { return }
        guard let first = try tape.messages(selection).next()?.arrival else { return }
        let (start, overflow) = first.nanoseconds.addingReportingOverflow(offset ?? 0)
        let since = overflow ? Int64.max : start
        if offset != nil { selection.since = Timestamp(nanoseconds: since) }
        guard let length else { return }
        let (end, endOverflow) = since.addingReportingOverflow(length)
        let until = min(endOverflow ? .max : end, selection.until?.nanoseconds ?? .max)
        selection.until = Timestamp(nanoseconds: until)
    }

    private func length(of option: KeyPath<PaceFlags, String?>, _ name: String) throws -> Int64? {
        do {
            return try self[keyPath: option].map { try DurationExpression.parse($0) }
        } catch {
            throw ValidationError("\(name): \(error)")
        }
    }
}
