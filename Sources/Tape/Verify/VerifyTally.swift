import DeviceProtocol

/// What was counted while the messages went by, to be held against the catalogue.
///
/// Grows with devices and sessions, as the catalogue does, and not with messages.
struct VerifyTally {
    struct Sums: Equatable {
        var messages: Int64 = 0
        var bytes: Int64 = 0
        var duplicates: Int64 = 0
        var redactions: Int64 = 0
    }

    private(set) var activity: [ActivityTally.Key: Activity] = [:]
    private(set) var sessions: [Int64: Sums] = [:]
    /// Whether messages could not be read, so that the sums must differ.
    var isIncomplete = false

    mutating func count(
        _ topic: DeviceTopic, messages: Int64, bytes: Int64, from first: Int64, through last: Int64
    ) {
        let key = ActivityTally.Key(device: topic.device, kind: topic.kind)
        let fresh = Activity(
            device: topic.device, kind: topic.kind, messages: 0, bytes: 0, firstSeen: Timestamp(nanoseconds: first),
            lastSeen: Timestamp(nanoseconds: last))
        activity[key, default: fresh].messages &+= messages
        activity[key, default: fresh].bytes &+= bytes
        let known = activity[key] ?? fresh
        activity[key]?.firstSeen = min(known.firstSeen, fresh.firstSeen)
        activity[key]?.lastSeen = max(known.lastSeen, fresh.lastSeen)
    }

    mutating func count(session: Int64, _ sums: Sums) {
        var known = sessions[session] ?? Sums()
        known.messages &+= sums.messages
        known.bytes &+= sums.bytes
        known.duplicates &+= sums.duplicates
        known.redactions &+= sums.redactions
        sessions[session] = known
    }
}
