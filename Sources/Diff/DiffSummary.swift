public import DeviceProtocol
public import Tape

/// What a comparison came to, in numbers.
public struct DiffSummary: Sendable {
    /// How many messages of one device, kind and group had which verdict; a pair of messages counts once.
    public struct Counts: Sendable, Hashable {
        /// Pairs that are the same.
        public var same = 0
        /// Messages and pairs by verdict.
        public var verdicts: [Verdict: Int] = [:]

        /// Nothing yet.
        public init() {}

        /// How many had a verdict.
        public subscript(_ verdict: Verdict) -> Int { verdicts[verdict] ?? 0 }

        /// How many are not the same.
        public var different: Int { verdicts.values.reduce(0, +) }

        /// Adds other counts.
        public mutating func add(_ other: Counts) {
            same += other.same
            verdicts.merge(other.verdicts, uniquingKeysWith: +)
        }
    }

    /// What messages are counted by.
    public struct Group: Sendable, Hashable, Comparable {
        /// The device by the base's id; nil where topics name none.
        public var device: DeviceID?
        /// The kind of message.
        public var kind: MessageKind
        /// The name of the command, for commands and what is said of them; else empty.
        public var name: String

        /// Puts a group together.
        public init(device: DeviceID?, kind: MessageKind, name: String = "") {
            self.device = device
            self.kind = kind
            self.name = name
        }

        /// Orders by device, kind and name.
        public static func < (left: Self, right: Self) -> Bool {
            if left.device != right.device {
                guard let mine = left.device else { return true }
                guard let other = right.device else { return false }
                return mine < other
            }
            if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    /// The counts of each group that has messages.
    public internal(set) var groups: [Group: Counts] = [:]
    /// Messages of the base that were compared.
    public internal(set) var baseMessages = 0
    /// Messages of the candidate that were compared.
    public internal(set) var candidateMessages = 0
    /// Commands of the base, each with its answers.
    public internal(set) var conversations = 0
    /// By how much the candidate's clock is ahead of the base's when the runs are laid upon each other, ns.
    public internal(set) var offset: Int64 = 0
    /// Parts of the base that could not be read.
    public internal(set) var baseDamages: [TapeError] = []
    /// Parts of the candidate that could not be read.
    public internal(set) var candidateDamages: [TapeError] = []

    /// Adds what a further part of the comparison came to.
    mutating func add(_ other: DiffSummary) {
        groups.merge(other.groups) { mine, others in
            var sum = mine
            sum.add(others)
            return sum
        }
        baseMessages += other.baseMessages
        candidateMessages += other.candidateMessages
        conversations += other.conversations
        baseDamages = Self.joined(baseDamages, other.baseDamages)
        candidateDamages = Self.joined(candidateDamages, other.candidateDamages)
    }

    /// A part of a tape that cannot be read shows in each part of the comparison.
    private static func joined(_ damages: [TapeError], _ others: [TapeError]) -> [TapeError] {
        var told = Set(damages.map(\.description))
        return damages + others.filter { told.insert($0.description).inserted }
    }

    /// Everything together.
    public var total: Counts {
        var total = Counts()
        for counts in groups.values { total.add(counts) }
        return total
    }

    /// Devices that were compared.
    public var devices: Int { Set(groups.keys.compactMap(\.device)).count }

    /// The counts by device and kind, in order.
    public var byKind: [(group: Group, counts: Counts)] {
        var sums: [Group: Counts] = [:]
        for (group, counts) in groups {
            sums[Group(device: group.device, kind: group.kind, name: ""), default: Counts()].add(counts)
        }
        return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
