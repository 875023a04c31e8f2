import DeviceProtocol
import MQTTWire

/// Holds recorded answers back until the target has sent the command that each of them answers.
///
/// A recorded command and one of the target are the same when they are for the same device, have the same name, and
/// are the same in order among the commands of that name; a redelivery of an id is no command of its own. An answer
/// then leaves its recorded delay after the target's command.
///
/// It knows no network and no clock.
struct CommandGate {
    /// An answer whose command the target has sent.
    struct Release {
        var cue: Cue
        /// When it is to leave, ns of the monotonic clock.
        var due: Int64
    }

    /// An answer that was given up.
    struct Expired {
        var cue: Cue
        var device: DeviceID
        var answer: RecordedAnswer
    }

    private struct Key: Hashable {
        var device: DeviceID
        var name: [UInt8]
    }

    private struct Arrived {
        var id: String
        var instant: Int64
    }

    private struct Held {
        var cue: Cue
        var answer: RecordedAnswer
        var instant: Int64
    }

    /// How much is held, and remembered of the target, at most.
    struct Limits {
        var answers = 10_000
        var bytes = 16 << 20
        var commands = 200_000
    }

    private let limits: Limits
    private var commands: [Key: [Arrived]] = [:]
    private var ids: Set<Key> = []
    private var held: [Key: [Held]] = [:]
    private var ready: [Release] = []
    private var bytes = 0

    /// Answers that wait for their command.
    private(set) var waiting = 0
    /// Different commands of the target.
    private(set) var commandsSeen: Int64 = 0
    /// Commands of the target that found no room to be remembered.
    private(set) var commandsBeyondLimit: Int64 = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether nothing waits, neither for a command nor for its time.
    var isEmpty: Bool { waiting == 0 && ready.isEmpty }

    /// Whether there is room for another answer.
    var hasRoom: Bool { waiting + ready.count < limits.answers && bytes < limits.bytes }

    /// When the next answer is to leave, ns of the monotonic clock.
    var nextRelease: Int64? { ready.last?.due }

    /// Takes note of a command of the target.
    ///
    /// - Parameters:
    ///   - command: what it sent.
    ///   - instant: when it came, ns of the monotonic clock.
    ///   - scaled: how long a span of recorded time takes.
    mutating func arrived(_ command: Commands.Reference, at instant: Int64, scaled: (Int64) -> Int64) {
        guard ids.count < limits.commands else {
            commandsBeyondLimit += 1
            return
        }
        guard ids.insert(Key(device: command.device, name: Array(command.id.utf8))).inserted else { return }
        commandsSeen += 1
        let key = Key(device: command.device, name: Array(command.name.utf8))
        let ordinal = commands[key]?.count ?? 0
        commands[key, default: []].append(Arrived(id: command.id, instant: instant))
        guard let answers = held.removeValue(forKey: key) else { return }
        for answer in answers where answer.answer.ordinal == ordinal { release(answer, command.id, instant, scaled) }
        let rest = answers.filter { $0.answer.ordinal != ordinal }
        waiting -= answers.count - rest.count
        if !rest.isEmpty { held[key] = rest }
    }

    /// Takes an answer, which waits for its command or, where that was sent, for its time.
    ///
    /// - Parameters:
    ///   - cue: the answer as it is going to be published, but for the id.
    ///   - answer: what it answers.
    ///   - device: who answers, by the id on the target.
    ///   - instant: what `due` of ``expire(at:timeout:due:)`` gets to hear.
    ///   - scaled: how long a span of recorded time takes.
    mutating func hold(
        _ cue: Cue, _ answer: RecordedAnswer, of device: DeviceID, at instant: Int64, scaled: (Int64) -> Int64
    ) {
        let key = Key(device: device, name: Array(answer.name.utf8))
        let entry = Held(cue: cue, answer: answer, instant: instant)
        bytes += cue.cost
        if let known = commands[key], known.indices.contains(answer.ordinal) {
            release(entry, known[answer.ordinal].id, known[answer.ordinal].instant, scaled)
        } else {
            held[key, default: []].append(entry)
            waiting += 1
        }
    }

    /// Takes an answer that is to leave by now, the earliest first.
    mutating func next(at now: Int64) -> Release? {
        guard let release = ready.last, release.due <= now else { return nil }
        ready.removeLast()
        bytes -= release.cue.cost
        return release
    }

    /// Gives up the answers whose command did not come in time.
    ///
    /// - Parameters:
    ///   - now: ns of the monotonic clock.
    ///   - timeout: how long after it was due by the recorded timing an answer is given up, ns.
    ///   - due: when an answer was due, from itself and the instant at which it was held.
    /// - Returns: the answers that are given up, in the order of the tape.
    mutating func expire(at now: Int64, timeout: Int64, due: (Cue, Int64) -> Int64) -> [Expired] {
        guard waiting > 0 else { return [] }
        var expired: [Expired] = []
        func isOver(_ entry: Held) -> Bool {
            let (end, overflow) = due(entry.cue, entry.instant).addingReportingOverflow(timeout)
            return !overflow && end <= now
        }
        for (key, entries) in held where entries.contains(where: isOver) {
            let over = entries.filter(isOver)
            expired += over.map { Expired(cue: $0.cue, device: key.device, answer: $0.answer) }
            let rest = entries.filter { !isOver($0) }
            held[key] = rest.isEmpty ? nil : rest
            waiting -= over.count
            bytes -= over.reduce(0) { $0 + $1.cue.cost }
        }
        return expired.sorted { $0.cue.message.sequence < $1.cue.message.sequence }
    }

    /// Lets go of everything.
    mutating func clear() {
        held = [:]
        ready = []
        waiting = 0
        bytes = 0
    }

    private mutating func release(
        _ entry: Held, _ id: String, _ instant: Int64, _ scaled: (Int64) -> Int64
    ) {
        let (sum, overflow) = instant.addingReportingOverflow(scaled(entry.answer.delay))
        let due = overflow ? Int64.max : sum
        var cue = entry.cue
        let before = cue.cost
        AnswerRewriting.apply(to: &cue.message, newID: id)
        bytes += cue.cost - before
        // Latest first, so that the next one is taken from the end; of equals the one held first leaves first.
        let index = ready.firstIndex { $0.due <= due } ?? ready.endIndex
        ready.insert(Release(cue: cue, due: due), at: index)
    }
}
