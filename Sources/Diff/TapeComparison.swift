import DeviceProtocol
import Tape

/// Compares two recordings as conversations.
///
/// Both are read side by side in order of arrival, large ones some devices at a time; the messages of each device and kind wait for their
/// counterparts, within limits that do not depend on the size of the tapes.
public struct TapeComparison {
    private let base: DiffSide
    private let candidate: DiffSide
    private let settings: DiffSettings

    /// Takes both sides and how they are compared.
    public init(base: DiffSide, candidate: DiffSide, settings: DiffSettings = DiffSettings()) {
        self.base = base
        self.candidate = candidate
        self.settings = settings
    }

    /// Compares.
    ///
    /// - Parameters:
    ///   - progress: is told now and then how many messages of both sides were read.
    ///   - report: is given each difference, roughly in order of time.
    /// - Returns: what it came to.
    /// - Throws: ``TapeError`` when a tape cannot be read, and what `progress` and `report` throw.
    public func run(
        progress: (Int) throws -> Void = { _ in }, _ report: (Difference) throws -> Void
    ) throws -> DiffSummary {
        let readers = (
            base: ContentReader(
                isStrict: settings.isStrict, devices: settings.devices, comparesSpelling: settings.devices.isEmpty),
            candidate: ContentReader(
                isStrict: settings.isStrict, devices: DeviceMap(), comparesSpelling: settings.devices.isEmpty)
        )
        var rules = RuleCache(settings)
        let offset = try RunOffset.estimate(
            (base, settings.devices), (candidate, DeviceMap()), settings, &rules, readers)
        let judge = Judge(
            settings: settings, base: readers.base, candidate: readers.candidate, offset: offset ?? 0,
            gaps: (try GapIntervals(base), try GapIntervals(candidate)))
        var summary = DiffSummary()
        summary.offset = offset ?? 0
        for pass in try ComparisonPasses.of(base, candidate, settings) {
            var run = Run(settings: settings, judge: judge, rules: rules, readers: readers)
            let read = summary.baseMessages + summary.candidateMessages
            try compare(pass, &run, progress: { try progress(read + $0) }, report)
            summary.add(run.summary)
        }
        return summary
    }

    private func compare(
        _ pass: ComparisonPasses.Pass, _ run: inout Run, progress: (Int) throws -> Void,
        _ report: (Difference) throws -> Void
    ) throws {
        let left = try SideReader(pass.base, settings, devices: settings.devices)
        let right = try SideReader(pass.candidate, settings, devices: DeviceMap())
        var (nextLeft, nextRight) = (try left.next(), try right.next())
        var read = 0
        while nextLeft != nil || nextRight != nil {
            if let mine = nextLeft, run.isBaseNext(mine.time, nextRight?.time) {
                try run.take(mine, isBase: true, report)
                nextLeft = try left.next()
            } else if let other = nextRight {
                try run.take(other, isBase: false, report)
                nextRight = try right.next()
            }
            read += 1
            if read & 4_095 == 0 { try progress(read) }
        }
        try run.finish(report)
        run.summary.baseMessages = left.count
        run.summary.candidateMessages = right.count
        run.summary.conversations = left.conversations
        run.summary.baseDamages = left.damages
        run.summary.candidateDamages = right.damages
    }
}

extension TapeComparison {
    /// A comparison under way.
    private struct Run {
        let settings: DiffSettings
        let judge: Judge
        var rules: RuleCache
        let readers: (base: ContentReader, candidate: ContentReader)
        var summary = DiffSummary()

        private var streams: [StreamKey: MessageStream] = [:]
        private var waiting = 0
        /// How many more messages of the base than of the candidate wait.
        private var imbalance = 0
        private var outcomes: [MessageStream.Outcome] = []
        /// How far one side may be ahead before the other one is read on, whatever the clocks say: a replay at another
        /// rate has other times.
        private static let largestImbalance = 1_000

        init(
            settings: DiffSettings, judge: Judge, rules: RuleCache,
            readers: (base: ContentReader, candidate: ContentReader)
        ) {
            self.settings = settings
            self.judge = judge
            self.rules = rules
            self.readers = readers
        }

        /// Which side is read on.
        func isBaseNext(_ base: Int64, _ candidate: Int64?) -> Bool {
            guard let candidate else { return true }
            if imbalance > Self.largestImbalance { return false }
            if imbalance < 0 - Self.largestImbalance { return true }
            return base &+ judge.offset <= candidate
        }

        mutating func take(
            _ arrival: SideReader.Arrival, isBase: Bool, _ report: (Difference) throws -> Void
        ) throws {
            let key = arrival.topic.stream
            let stream = stream(key)
            let message = PendingMessage(arrival, isBase: isBase)
            try change(stream, report) { outcomes in
                if isBase {
                    stream.add(base: message, &outcomes)
                } else {
                    stream.add(candidate: message, &outcomes)
                }
            }
            while waiting > settings.waitingLimit, let largest = streams.values.max(by: { $0.waiting < $1.waiting }),
                largest.waiting > 0
            {
                let before = largest.waiting
                try change(largest, report) { largest.shrink(&$0) }
                if largest.waiting >= before { break }
            }
        }

        mutating func finish(_ report: (Difference) throws -> Void) throws {
            for (_, stream) in streams.sorted(by: { Self.precedes($0.key, $1.key) }) {
                try change(stream, report) { stream.finish(&$0) }
            }
        }

        private static func precedes(_ left: StreamKey, _ right: StreamKey) -> Bool {
            DiffSummary.Group(device: left.device, kind: left.kind, name: "")
                < DiffSummary.Group(device: right.device, kind: right.kind, name: "")
        }

        private mutating func stream(_ key: StreamKey) -> MessageStream {
            if let stream = streams[key] { return stream }
            let stream = MessageStream(
                key, rules: rules[key], tolerance: settings.rules.timeTolerance(of: key.kind), offset: judge.offset,
                window: settings.window, readers: readers)
            streams[key] = stream
            return stream
        }

        private mutating func change(
            _ stream: MessageStream, _ report: (Difference) throws -> Void,
            _ body: (inout [MessageStream.Outcome]) -> Void
        ) throws {
            let (bytes, surplus) = (stream.waiting, stream.baseCount - stream.candidateCount)
            body(&outcomes)
            waiting += stream.waiting - bytes
            imbalance += stream.baseCount - stream.candidateCount - surplus
            for outcome in outcomes { try settle(outcome, stream, report) }
            outcomes.removeAll(keepingCapacity: true)
        }

        private mutating func settle(
            _ outcome: MessageStream.Outcome, _ stream: MessageStream, _ report: (Difference) throws -> Void
        ) throws {
            let (ruling, message): (Judge.Ruling, PendingMessage) =
                switch outcome {
                case .pair(let left, let right, let isReordered):
                    (judge.pair(left, right, isReordered: isReordered, stream), left)
                case .baseOnly(let message), .candidateOnly(let message): (judge.single(message), message)
                }
            let group = DiffSummary.Group(
                device: message.topic.stream.device.map(settings.devices.base), kind: stream.key.kind,
                name: message.groupName)
            if let verdict = ruling.verdict {
                summary.groups[group, default: DiffSummary.Counts()].verdicts[verdict, default: 0] += 1
            } else {
                summary.groups[group, default: DiffSummary.Counts()].same += 1
            }
            for difference in ruling.differences { try report(difference) }
        }
    }
}
