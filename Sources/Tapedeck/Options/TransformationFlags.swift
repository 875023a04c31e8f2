import ArgumentParser
import DeviceProtocol
import Query
import Replay
import Tape
import Terminal

/// What is changed in the messages of a tape before they are published, and which are left out beside the selection.
struct TransformationFlags: ParsableArguments {
    @Option(help: "Only messages of this direction: \(Self.directionList); may be repeated.")
    var direction: [String] = []

    @Option(help: "No messages of this direction; may be repeated.")
    var excludeDirection: [String] = []

    @Option(help: "A device, as topics name it, that is left out; may be repeated.")
    var excludeDevice: [String] = []

    @Option(help: "A kind of message that is left out; may be repeated.")
    var excludeKind: [String] = []

    @Flag(help: "First publish what held when the window begins: configs, licences, rooms, open commands, telemetry.")
    var stateFirst = false

    @Option(
        help: ArgumentHelp(
            "How far before the window --state-first follows telemetry; a device's last is always found (default: 24h).",
            valueName: "duration"))
    var stateReach: String?

    @Option(help: ArgumentHelp("Device A speaks as B, wherever its id stands; may be repeated.", valueName: "A=B"))
    var mapDevice: [String] = []

    @Option(help: ArgumentHelp("A CSV file of such pairs, `from,to`; may be repeated.", valueName: "file"))
    var deviceMap: [String] = []

    @Option(help: ArgumentHelp("Each device becomes so many, with ids of their own.", valueName: "n"))
    var fanOut = 1

    @Option(help: "Recorded time over which the copies of a message are spread (default: 1s).")
    var fanOutSpread: String?

    @Option(
        help: ArgumentHelp(
            "Topics that the filter `old` matches are named `new`, with its wildcards in order; may be repeated.",
            valueName: "old:=new"))
    var remap: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Move the times in payloads: keep, now (the first message's arrival becomes the start), +2h, -30m.",
            valueName: "shift"))
    var shiftTime = "keep"

    @Flag(help: "Send payloads in which secrets were redacted with their placeholders; without it they are left out.")
    var sendPlaceholders = false

    @Flag(name: .customLong("fresh-ids"), help: "Give commands, licences and incidents new ids, the same everywhere.")
    var freshIDs = false

    @Option(
        name: .customLong("fresh-ids-seed"),
        help: ArgumentHelp("The same new ids in every run with this text.", valueName: "text"))
    var freshIDsSeed: String?

    @Flag(
        help:
            "Give each message a user property tapedeck_replay=TAPE:SEQ, which proves on a tape of the target what it is."
    )
    var link = false

    private static let directionList = Direction.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        for name in direction + excludeDirection where Direction(rawValue: name) == nil {
            throw ValidationError("--direction \(name): no such direction; one of \(Self.directionList).")
        }
        for kind in excludeKind where MessageKind(rawValue: kind) == nil {
            let kinds = MessageKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--exclude-kind \(kind): no such kind; one of \(kinds).")
        }
        guard stateReach == nil || stateFirst else { throw ValidationError("--state-reach belongs to --state-first.") }
        guard 1...FanOut.copyLimit ~= fanOut else {
            throw ValidationError("--fan-out takes a number from 1 to \(FanOut.copyLimit).")
        }
        guard fanOutSpread == nil || fanOut > 1 else { throw ValidationError("--fan-out-spread belongs to --fan-out.") }
        guard freshIDsSeed == nil || freshIDs else { throw ValidationError("--fresh-ids-seed belongs to --fresh-ids.") }
        _ = try duration(stateReach, "--state-reach")
        _ = try duration(fanOutSpread, "--fan-out-spread")
        _ = try timeShift(start: Timestamp(nanoseconds: 0))
        _ = try remaps()
    }

    /// Checks what depends on other flags.
    ///
    /// - Parameters:
    ///   - includesCloud: whether messages of the cloud may be published.
    ///   - waitsForCommands: whether answers wait for commands of the target.
    /// - Throws: `ValidationError` that names the flag.
    func validate(includesCloud: Bool, waitsForCommands: Bool) throws {
        if waitsForCommands, let rule = try remaps().first(where: \.leavesDeviceTopics) {
            throw ValidationError(
                "--remap \(rule.text): --wait-for-commands knows commands and answers under v1/device/ only.")
        }
        guard !includesCloud, let name = direction.first(where: { $0 != Direction.deviceToCloud.rawValue }) else {
            return
        }
        throw ValidationError("--direction \(name) needs --include-cloud, which allows these messages.")
    }

    /// Settles what the flags ask of a script.
    ///
    /// - Parameters:
    ///   - script: what is to be replayed; selection and credentials are settled.
    ///   - reader: the tape.
    ///   - start: when the replay starts.
    ///   - isStopping: whether to give up.
    /// - Returns: parts of the tape that could not be read for the state.
    /// - Throws: errors of the flags, which name them, and `TapeError`.
    func apply(
        to script: inout ReplayScript, reader: TapeReader, start: Timestamp, isStopping: @escaping () -> Bool
    ) throws -> [TapeError] {
        script.admission.directions = Set(direction.compactMap(Direction.init(rawValue:)))
        script.admission.excludedDirections = Set(excludeDirection.compactMap(Direction.init(rawValue:)))
        script.admission.excludedDevices = Set(excludeDevice.map { DeviceID($0) })
        script.admission.excludedKinds = Set(excludeKind.compactMap(MessageKind.init(rawValue:)))
        let devices = Set(try reader.activity().compactMap(\.device))
        script.transformation = try transformation(devices, replaying: replayed(devices, script), start: start)
        if link {
            guard let id = try reader.tapeID() else {
                throw ValidationError("--link: \(script.path) has no id to name; a copy made by `slice` has one.")
            }
            script.transformation.linkedTape = id
        }
        return try stateFirst ? addState(to: &script, reader, isStopping) : []
    }

    /// Looks, once everything was read, for mapped devices that are not on the tape.
    func check(_ plan: ReplayPlan, _ script: ReplayScript, reader: TapeReader) throws {
        let known = Set(try reader.activity().compactMap(\.device))
        let absent = try script.transformation.devices.absent(known: known, seen: plan.mappedDevices)
        Self.note(absent, "--device-map")
    }

    /// Says which devices a file names in vain.
    static func note(_ absent: [DeviceID], _ flag: String) {
        guard let first = absent.first else { return }
        let more = absent.count > 1 ? " and \(HumanFormat.count(absent.count - 1)) more" : ""
        Notes.note("\(flag): not on the tape: \(first)\(more)")
    }

    private func transformation(
        _ devices: Set<DeviceID>, replaying replayed: Set<DeviceID>, start: Timestamp
    ) throws -> Transformation {
        var transformation = Transformation()
        transformation.sendsPlaceholders = sendPlaceholders
        for pair in mapDevice { try transformation.devices.add(argument: pair) }
        for path in deviceMap { try transformation.devices.add(file: path) }
        try transformation.devices.check(replaying: replayed)
        transformation.fanOut.copies = fanOut
        if let spread = try duration(fanOutSpread, "--fan-out-spread") { transformation.fanOut.spread = spread }
        transformation.knownDevices = devices
        try transformation.fanOut.check(replaying: Set(replayed.map { transformation.devices.target(of: $0) }))
        transformation.remaps = try remaps()
        transformation.timeShift = try timeShift(start: start)
        if freshIDs { transformation.freshIDs = freshIDsSeed.map { FreshIDs(seed: $0) } ?? FreshIDs() }
        return transformation
    }

    private func replayed(_ devices: Set<DeviceID>, _ script: ReplayScript) -> Set<DeviceID> {
        let selected = script.selection.devices.isEmpty ? devices : devices.intersection(script.selection.devices)
        return selected.subtracting(script.admission.excludedDevices)
    }

    private func addState(
        to script: inout ReplayScript, _ reader: TapeReader, _ isStopping: @escaping () -> Bool
    ) throws -> [TapeError] {
        guard let start = try windowStart(script.selection, reader) else {
            Notes.note("--state-first: the window begins with the tape, so there is nothing before it")
            return []
        }
        let reach = try duration(stateReach, "--state-reach") ?? 86_400_000_000_000
        let answer = try StateBefore(script.selection, at: start, reach: reach, isStopping: isStopping).answer(reader)
        script.state = answer.messages
        if answer.droppedCommands > 0 {
            Notes.note("--state-first: \(HumanFormat.count(answer.droppedCommands, "older open command")) left out")
        }
        return answer.damages
    }

    /// When the window begins; nil where it is the beginning of the tape.
    private func windowStart(_ selection: Selection, _ reader: TapeReader) throws -> Timestamp? {
        if let since = selection.since { return since }
        return try reader.sessions().filter { selection.sessions.contains($0.id) }.map(\.startedAt).min()
    }

    private func remaps() throws -> [TopicRemap] {
        try remap.map { rule in
            do { return try TopicRemap(rule) } catch { throw ValidationError("\(error).") }
        }
    }

    /// How far times are moved when the replay starts at an instant.
    func timeShift(start: Timestamp) throws -> TimeShift {
        switch shiftTime {
        case "keep": return .keep
        case "now": return .toStart(start)
        default:
            guard shiftTime.hasPrefix("+") || shiftTime.hasPrefix("-") else {
                throw ValidationError("--shift-time \(shiftTime): `keep`, `now`, or a length with its sign: +2h, -30m.")
            }
            do {
                return .by(try DurationExpression.parse(shiftTime, allowNegative: true))
            } catch { throw ValidationError("--shift-time: \(error)") }
        }
    }

    private func duration(_ text: String?, _ flag: String) throws -> Int64? {
        do { return try text.map { try DurationExpression.parse($0) } } catch {
            throw ValidationError("\(flag): \(error)")
        }
    }
}
