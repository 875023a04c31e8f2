import DeviceProtocol
import Tape
import Terminal

/// What an import did.
struct ImportReport {
    /// The input's name.
    var file: String
    /// The tape.
    var tape: String
    /// Messages brought onto the tape.
    var messages: Int64
    /// Bytes of their topics, properties and payloads.
    var bytes: Int64
    /// Secrets replaced by placeholders.
    var replaced: Int64
    /// The sessions on the tape that hold them.
    var sessions: ClosedRange<Int64>
    /// Messages that are older than the line before.
    var steps: Int
    /// Lines passed over.
    var brokenLines: Int
    /// Repeats whose first message was not in the input.
    var lostDuplicates: Int
    /// Keys that were ignored, for a person; nil for none.
    var ignored: String?
    /// How times that are numbers were read: the unit and the first such time.
    var epochs: [EpochTime.Unit: Timestamp]
    /// Why something could not be sealed; it is on the tape all the same.
    var sealingErrors: [TapeError] = []

    /// One line: what is where now.
    func summary(elapsed: Int64) -> String {
        let place =
            sessions.count == 1
            ? "session \(sessions.lowerBound)" : "sessions \(sessions.lowerBound) to \(sessions.upperBound)"
        var text =
            "imported \(file): \(HumanFormat.count(messages, "message")) (\(HumanFormat.bytes(bytes))) onto \(tape) "
            + "as \(place), in \(HumanFormat.duration(nanoseconds: elapsed)) "
            + "(\(HumanFormat.rate(messages, nanoseconds: elapsed)))"
        if replaced > 0 { text += ", \(HumanFormat.count(replaced, "secret")) replaced" }
        return text
    }

    /// What is good to know about it, a sentence each.
    var notes: [String] {
        var notes = sealingErrors.map { "warning: \($0); `tapedeck seal` tries again" }
        notes += epochs.sorted { $0.key.digits > $1.key.digits }.map { unit, first in
            "note: times that are numbers were read as \(unit) since 1970, the first as \(first.rfc3339)"
        }
        if let ignored { notes.append("note: \(ignored)") }
        if steps > 0 {
            notes.append(
                "note: \(HumanFormat.count(steps, "message is", "messages are")) older than the line before; "
                    + "the order of the lines was kept")
        }
        if lostDuplicates > 0 {
            notes.append(
                "note: \(HumanFormat.count(lostDuplicates, "redelivery", "redeliveries")) lost the reference "
                    + "(duplicate_of) to a first message that is not in the input")
        }
        return notes
    }
}
