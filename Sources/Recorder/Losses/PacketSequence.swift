/// Tells from the packet identifiers of QoS 1 and 2 deliveries whether some of them never came.
///
/// MQTT lets a broker choose identifiers freely (MQTT 5.0 §2.2.1). Mosquitto counts up from 1 and around at 65,535, and
/// counts before it looks whether its queue has room: a message that it dropped leaves a hole. Whether a broker counts
/// is learned from what it sends; one that uses identifiers again as they become free is not judged by them.
struct PacketSequence {
    /// What a delivery means for those before it.
    enum Step: Equatable {
        /// Nothing.
        case none
        /// So many deliveries before it have not come.
        case jump(Int)
        /// It is one that had not come when it was due.
        case recovered
    }

    /// As many deliveries in a row teach that a broker counts.
    static let lesson = 64
    /// Beyond it identifiers are not those that became free again.
    private static let reusable = 8_192
    private static let half = 32_768

    private var last: UInt16 = 0
    private var run = 0
    private var strikes = 0
    private var highest = 0
    private var hasBegun = false
    /// One bit for each identifier that was skipped.
    private var absent = [UInt64](repeating: 0, count: 1 << 10)
    /// How many identifiers were skipped and have not come since.
    private(set) var absentCount = 0

    /// Whether the broker is known to count, so that nothing can be missing unseen.
    var isTrusted: Bool { strikes < 3 && run >= Self.lesson }

    /// Begins to look at a new connection in a session that goes on.
    mutating func beginConnection() {
        hasBegun = false
    }

    /// Begins anew with a new session of the broker.
    mutating func reset() {
        self = PacketSequence()
    }

    /// Skipped identifiers are not waited for any longer.
    mutating func forgetAbsent() {
        guard absentCount > 0 else { return }
        absent = [UInt64](repeating: 0, count: 1 << 10)
        absentCount = 0
    }

    /// Learns from deliveries of an earlier recording.
    mutating func learn(_ packetIDs: [UInt16]) {
        for packetID in packetIDs { _ = note(packetID, dup: false) }
        forgetAbsent()
        hasBegun = false
    }

    /// Notes a delivery.
    mutating func note(_ packetID: UInt16, dup: Bool) -> Step {
        guard strikes < 3, packetID != 0 else { return .none }
        guard last != 0 else {
            last = packetID
            hasBegun = true
            return .none
        }
        let distance = (Int(packetID) - Int(last) + 65_535) % 65_535
        if dup {
            if take(packetID) { return .recovered }
            // What was delivered before, not what is delivered for the first time after a break.
            guard distance > 0, distance < Self.half else { return .none }
        } else if !hasBegun {
            hasBegun = true
            if distance == 0 || distance >= Self.half {
                // A broker that came back with an older state of the session counts from there.
                last = packetID
                forgetAbsent()
                return .none
            }
        } else if distance == 0 || distance >= Self.half && highest < Self.reusable {
            strikes = 3
            return .none
        }
        _ = take(packetID)
        let before = last
        last = packetID
        highest = max(highest, Int(packetID))
        guard distance > 1 else {
            run = min(run + 1, Self.lesson)
            return .none
        }
        guard isTrusted else {
            strikes += 1
            run = 0
            return .none
        }
        for step in 1..<distance { mark(UInt16((Int(before) - 1 + step) % 65_535 + 1)) }
        return .jump(distance - 1)
    }

    private mutating func mark(_ packetID: UInt16) {
        let (word, bit) = (Int(packetID >> 6), UInt64(1) << UInt64(packetID & 63))
        guard absent[word] & bit == 0 else { return }
        absent[word] |= bit
        absentCount += 1
    }

    private mutating func take(_ packetID: UInt16) -> Bool {
        let (word, bit) = (Int(packetID >> 6), UInt64(1) << UInt64(packetID & 63))
        guard absentCount > 0, absent[word] & bit != 0 else { return false }
        absent[word] &= ~bit
        absentCount -= 1
        return true
    }
}
