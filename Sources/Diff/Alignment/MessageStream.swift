import DeviceProtocol
import JSONScan
import Tape

/// The messages of one device and kind on both tapes, as far as they wait for one another.
final class MessageStream {
    /// What became of messages.
    enum Outcome {
        case pair(PendingMessage, PendingMessage, isReordered: Bool)
        case baseOnly(PendingMessage)
        case candidateOnly(PendingMessage)
    }

    let key: StreamKey
    let rules: ContentRules
    /// Within which times are the same, ns.
    let tolerance: Int64
    /// By how much the candidate's clock is ahead, ns.
    let offset: Int64
    /// Bytes that wait here.
    private(set) var waiting = 0
    /// Messages that wait here, by tape.
    private(set) var baseCount = 0
    private(set) var candidateCount = 0

    private var base: [PendingMessage] = []
    private var candidate: [PendingMessage] = []
    /// Without counterpart so far, but one may come at another place.
    private var lostBase: [PendingMessage] = []
    private var lostCandidate: [PendingMessage] = []
    private let window: Int
    private let reader: (base: ContentReader, candidate: ContentReader)
    private static let lostLimit = 256

    init(
        _ key: StreamKey, rules: ContentRules, tolerance: Int64, offset: Int64, window: Int,
        readers: (base: ContentReader, candidate: ContentReader)
    ) {
        self.key = key
        self.rules = rules
        self.tolerance = tolerance
        self.offset = offset
        self.window = max(2, window)
        reader = readers
    }

    // MARK: What comes

    /// Takes a message of the base.
    func add(base message: PendingMessage, _ outcomes: inout [Outcome]) {
        base.append(message)
        waiting += message.size
        follow(&outcomes)
    }

    /// Takes a message of the candidate.
    func add(candidate message: PendingMessage, _ outcomes: inout [Outcome]) {
        candidate.append(message)
        waiting += message.size
        follow(&outcomes)
    }

    /// Settles all that waits.
    func finish(_ outcomes: inout [Outcome]) {
        while !base.isEmpty, !candidate.isEmpty { align(isOpen: false, &outcomes) }
        lose(base: base.count, candidate: candidate.count, &outcomes)
        outcomes += lostBase.map { .baseOnly($0) }
        outcomes += lostCandidate.map { .candidateOnly($0) }
        lostBase = []
        lostCandidate = []
        waiting = 0
        count()
    }

    /// Settles some of what waits, to free memory.
    func shrink(_ outcomes: inout [Outcome]) {
        if !base.isEmpty, !candidate.isEmpty {
            align(isOpen: true, &outcomes)
        } else if !base.isEmpty || !candidate.isEmpty {
            lose(base: (base.count + 1) / 2, candidate: (candidate.count + 1) / 2, &outcomes)
        }
        forget(keeping: max(lostBase.count, lostCandidate.count) / 2, &outcomes)
        count()
    }

    private func follow(_ outcomes: inout [Outcome]) {
        while !base.isEmpty, !candidate.isEmpty, areSameInTime() {
            let (left, right) = (base.removeFirst(), candidate.removeFirst())
            waiting -= left.size + right.size
            outcomes.append(.pair(left, right, isReordered: false))
        }
        if base.count >= window, candidate.count >= window {
            align(isOpen: true, &outcomes)
        } else if base.count >= 4 * window || candidate.count >= 4 * window {
            if base.isEmpty || candidate.isEmpty {
                lose(base: base.count / 2, candidate: candidate.count / 2, &outcomes)
            } else {
                align(isOpen: true, &outcomes)
            }
        }
        count()
    }

    private func count() {
        baseCount = base.count
        candidateCount = candidate.count
    }

    /// Whether the oldest messages of both tapes are the same and came when they should.
    private func areSameInTime() -> Bool {
        guard isInTime(base[0], candidate[0]), !belongApart(base[0], candidate[0]) else { return false }
        if isSameAsRecorded(base[0].message, candidate[0].message) { return true }
        return digest(base[0]).hash == digest(candidate[0]).hash
    }

    /// Whether two messages are the same byte for byte, which is quicker to tell than that they mean the same.
    private func isSameAsRecorded(_ left: RecordedMessage, _ right: RecordedMessage) -> Bool {
        reader.base.devices.isEmpty && !reader.base.isStrict && left.qos == right.qos && left.retain == right.retain
            && left.payload == right.payload && left.properties == right.properties
            && left.topic.utf8.elementsEqual(right.topic.utf8)
    }

    // MARK: Alignment

    private func align(isOpen: Bool, _ outcomes: inout [Outcome]) {
        let rows = min(base.count, window)
        let columns = min(candidate.count, window)
        let isPart = isOpen || rows < base.count || columns < candidate.count
        for index in 0..<rows { _ = digest(base[index]) }
        for index in 0..<columns { _ = digest(candidate[index]) }
        let steps = SequenceAlignment.steps(base: rows, candidate: columns, isOpen: isPart) { cost($0, $1) }
        var (taken, matched) = (0, 0)
        var settled: [Outcome] = []
        for step in steps {
            // What follows may still change the second half.
            if isPart, !settled.isEmpty, taken > rows / 2 || matched > columns / 2 { break }
            switch step {
            case .pair:
                settled.append(.pair(base[taken], candidate[matched], isReordered: false))
                taken += 1
                matched += 1
            case .baseOnly:
                settled.append(.baseOnly(base[taken]))
                taken += 1
            case .candidateOnly:
                settled.append(.candidateOnly(candidate[matched]))
                matched += 1
            }
        }
        base.removeFirst(taken)
        candidate.removeFirst(matched)
        settle(settled, &outcomes)
    }

    private func lose(base first: Int, candidate second: Int, _ outcomes: inout [Outcome]) {
        var settled: [Outcome] = []
        for index in 0..<first {
            _ = digest(base[index])
            settled.append(.baseOnly(base[index]))
        }
        for index in 0..<second {
            _ = digest(candidate[index])
            settled.append(.candidateOnly(candidate[index]))
        }
        base.removeFirst(first)
        candidate.removeFirst(second)
        settle(settled, &outcomes)
    }

    /// Passes on what is certain; what has no counterpart may find one among what had none before.
    private func settle(_ settled: [Outcome], _ outcomes: inout [Outcome]) {
        for outcome in settled {
            switch outcome {
            case .pair(let left, let right, _):
                waiting -= left.size + right.size
                outcomes.append(outcome)
            case .baseOnly(let message):
                if let place = lostCandidate.firstIndex(where: { isSame(message, $0) }) {
                    let other = lostCandidate.remove(at: place)
                    waiting -= message.size + other.size
                    outcomes.append(.pair(message, other, isReordered: true))
                } else {
                    lostBase.append(message)
                }
            case .candidateOnly(let message):
                if let place = lostBase.firstIndex(where: { isSame($0, message) }) {
                    let other = lostBase.remove(at: place)
                    waiting -= message.size + other.size
                    outcomes.append(.pair(other, message, isReordered: true))
                } else {
                    lostCandidate.append(message)
                }
            }
        }
        forget(keeping: Self.lostLimit, &outcomes)
    }

    /// Gives up waiting for counterparts of the oldest.
    private func forget(keeping limit: Int, _ outcomes: inout [Outcome]) {
        let first = max(0, lostBase.count - limit)
        let second = max(0, lostCandidate.count - limit)
        for message in lostBase.prefix(first) {
            waiting -= message.size
            outcomes.append(.baseOnly(message))
        }
        for message in lostCandidate.prefix(second) {
            waiting -= message.size
            outcomes.append(.candidateOnly(message))
        }
        lostBase.removeFirst(first)
        lostCandidate.removeFirst(second)
    }

    // MARK: What a pair costs

    private func cost(_ row: Int, _ column: Int) -> Float? {
        guard let left = base[row].digest, let right = candidate[column].digest,
            !belongApart(base[row], candidate[column])
        else { return nil }
        let delay = delay(base[row], candidate[column])
        let lateness: Float
        if delay <= tolerance {
            // Among equals the nearest in time.
            lateness = 0.01 * Float(delay) / Float(max(1, tolerance))
        } else {
            let times = Float(delay) / Float(max(1_000_000, tolerance))
            lateness = 0.1 + 0.4 * times / (10 + times)
        }
        if left.hash == right.hash { return lateness > 0.05 ? 0.4 + lateness : lateness }
        guard left.subject == right.subject else { return nil }
        return 0.6 + 0.85 * (1 - ContentHash.likeness(left.sketch, right.sketch)) + lateness
    }

    private func isSame(_ left: PendingMessage, _ right: PendingMessage) -> Bool {
        left.digest?.hash == right.digest?.hash && !belongApart(left, right)
    }

    /// Whether two messages are about different commands: the same answer to another one is another answer.
    private func belongApart(_ left: PendingMessage, _ right: PendingMessage) -> Bool {
        guard let first = left.commandName, let second = right.commandName else { return false }
        return !first.utf8.elementsEqual(second.utf8)
    }

    private func isInTime(_ left: PendingMessage, _ right: PendingMessage) -> Bool { delay(left, right) <= tolerance }

    /// By how much two messages are apart, on the run's clock or on that of what they answer.
    private func delay(_ left: PendingMessage, _ right: PendingMessage) -> Int64 {
        let run = Self.distance(right.time, left.time &+ offset)
        guard let first = left.cause, let second = right.cause else { return run }
        return min(run, Self.distance(right.time &- second.time, left.time &- first.time))
    }

    private static func distance(_ left: Int64, _ right: Int64) -> Int64 {
        Int64(clamping: left.subtractingReportingOverflow(right).partialValue.magnitude)
    }

    // MARK: Digests

    private func digest(_ message: PendingMessage) -> PendingMessage.Digest {
        if let digest = message.digest { return digest }
        let reader = message.isBase ? reader.base : reader.candidate
        let digest = MessageDigest.of(message, rules, reader)
        message.digest = digest
        return digest
    }
}
