import JSONScan

/// How far a command is, with the text that said so.
public struct CommandStatus: Hashable, Sendable, CustomStringConvertible {
    /// The text as written.
    public let raw: String
    /// What it means.
    public let state: State

    /// The states of a command; the raw values are what queries show.
    public enum State: String, CaseIterable, Sendable, Hashable {
        /// Waits for the device.
        case pending
        /// The device works on it.
        case inProgress = "in_progress"
        /// Finished well.
        case done
        /// Finished badly; some clients write `error`.
        case failed
        /// Withdrawn.
        case aborted
        /// Waits for its time.
        case scheduled
        /// The cloud does not know.
        case unknown
        /// A word that no documentation names.
        case other
    }

    /// Understands a status; case, white space around it and `-` for `_` do not matter.
    public init(_ raw: String) {
        self.raw = raw
        state = Self.state(raw) ?? Self.state(StatusWord.normalized(raw)) ?? .other
    }

    /// Whether nothing more is expected after it.
    public var isTerminal: Bool {
        switch state {
        case .done, .failed, .aborted: true
        case .pending, .inProgress, .scheduled, .unknown, .other: false
        }
    }

    /// The text as written.
    public var description: String { raw }

    private static func state(_ word: String) -> State? {
        switch word {
        case "pending": .pending
        case "in_progress", "inprogress": .inProgress
        case "done": .done
        case "failed", "error": .failed
        case "aborted": .aborted
        case "scheduled": .scheduled
        case "unknown": .unknown
        default: nil
        }
    }
}

extension FieldReader {
    /// A status, with a finding when no documentation names it.
    mutating func commandStatus(_ member: JSONMember) -> CommandStatus? {
        guard let status = text(member).map(CommandStatus.init) else { return nil }
        if status.state == .other { findings.add(.unknownStatus(status.raw)) }
        return status
    }
}
