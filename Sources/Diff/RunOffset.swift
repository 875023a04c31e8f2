import Tape

/// By how much the candidate's clock is ahead of the base's when both runs are laid upon each other.
///
/// The median over what the beginnings of both have in common, so that a message that is missing or late there, or a
/// recording that began earlier than the run, does not move everything else.
enum RunOffset {
    private static let sample = 2_000

    /// The offset, ns; where the beginnings have nothing in common, that of the first messages.
    static func estimate(
        _ base: (side: DiffSide, devices: DeviceMap), _ candidate: (side: DiffSide, devices: DeviceMap),
        _ settings: DiffSettings, _ rules: inout RuleCache, _ readers: (base: ContentReader, candidate: ContentReader)
    ) throws(TapeError) -> Int64? {
        let left = try sightings(base, settings, &rules, readers.base)
        let right = try sightings(candidate, settings, &rules, readers.candidate)
        guard let first = left.first, let second = right.first else { return nil }
        var differences: [Int64] = []
        for (content, times) in left.times {
            guard let others = right.times[content] else { continue }
            // The k-th with the k-th; of what comes often, the first few tell enough.
            for (mine, other) in zip(times, others).prefix(8) { differences.append(other &- mine) }
        }
        guard !differences.isEmpty else { return second &- first }
        differences.sort()
        return differences[differences.count / 2]
    }

    private struct Content: Hashable {
        var stream: StreamKey
        var hash: UInt64
    }

    private static func sightings(
        _ run: (side: DiffSide, devices: DeviceMap), _ settings: DiffSettings, _ rules: inout RuleCache,
        _ reader: ContentReader
    ) throws(TapeError) -> (first: Int64?, times: [Content: [Int64]]) {
        let messages = try SideReader(run.side, settings, devices: run.devices)
        var first: Int64?
        var times: [Content: [Int64]] = [:]
        for _ in 0..<sample {
            guard let next = try messages.next() else { break }
            first = first ?? next.time
            let content = rules[next.topic.stream].filtered(
                reader.content(next.message, next.topic.topic), hidesTolerated: true)
            times[Content(stream: next.topic.stream, hash: ContentHash.of(content)), default: []].append(next.time)
        }
        return (first, times)
    }
}

/// The rules of each stream, put together once.
struct RuleCache {
    private let settings: DiffSettings
    private var known: [StreamKey: ContentRules] = [:]
    /// Devices differ in their rules only where a rule names devices.
    private let isByDevice: Bool

    init(_ settings: DiffSettings) {
        self.settings = settings
        let scopes =
            settings.rules.ignore.map(\.scope) + settings.rules.numericTolerance.map(\.scope)
            + settings.rules.unordered
        isByDevice = scopes.contains { $0.device != nil }
    }

    subscript(stream: StreamKey) -> ContentRules {
        mutating get {
            let key = isByDevice ? stream : StreamKey(device: nil, kind: stream.kind)
            if let rules = known[key] { return rules }
            let rules = ContentRules(
                settings.rules, kind: stream.kind, device: stream.device,
                baseDevice: stream.device.map(settings.devices.base), isStrict: settings.isStrict)
            known[key] = rules
            return rules
        }
    }
}
