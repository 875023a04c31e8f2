import DeviceProtocol
import JSONScan

extension Session {
    /// The session as it stands on another tape.
    ///
    /// Counts begin at 0. A session that has not ended ends at its last sign of life: nobody records onto the copy. What
    /// lies outside of `window` is cut off.
    ///
    /// - Parameters:
    ///   - tape: the identifier of the tape that it comes from, for the tags.
    ///   - window: wall time, ns, half open.
    ///   - isBeingRecorded: whether the session goes on while it is copied.
    /// - Returns: the session without a number.
    func copied(from tape: String?, window: Range<Int64>, isBeingRecorded: Bool) -> Session {
        var copy = self
        copy.id = 0
        (copy.messages, copy.bytes, copy.duplicates, copy.redactions) = (0, 0, 0, 0)
        copy.tags = Self.tags(tags, [("source_tape", tape), ("source_session", String(id))])
        if endedAt == nil {
            copy.endedAt = aliveAt
            copy.endReason = isBeingRecorded ? "copied" : "killed"
        }
        let end = (copy.endedAt ?? aliveAt).nanoseconds
        if end > window.upperBound, startedAt.nanoseconds < window.upperBound {
            copy.endedAt = Timestamp(nanoseconds: window.upperBound)
            copy.endReason = "sliced"
        }
        if startedAt.nanoseconds < window.lowerBound, end > window.lowerBound {
            copy.startedAt = Timestamp(nanoseconds: window.lowerBound)
        }
        copy.aliveAt = copy.endedAt ?? copy.aliveAt
        return copy
    }

    /// Whether any of the session lies in a window of wall time, ns.
    func touches(_ window: Range<Int64>) -> Bool {
        startedAt.nanoseconds < window.upperBound && (endedAt ?? aliveAt).nanoseconds >= window.lowerBound
    }

    /// Sets members of a JSON object; what was no object becomes one.
    static func tags(_ json: String, _ added: [(String, String?)]) -> String {
        var members = (try? JSONValue.parse(Array(json.utf8)))?.members ?? []
        for (key, value) in added {
            members.removeAll { $0.key == key }
            if let value { members.append(JSONMember(key, .string(value))) }
        }
        var bytes: [UInt8] = []
        JSONValue.object(members).appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
