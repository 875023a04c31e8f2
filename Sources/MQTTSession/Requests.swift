/// The packet identifiers that are in use, and what for (MQTT 5.0 §2.2.1).
struct Requests {
    /// What an identifier was given to.
    enum Kind: UInt8 {
        /// A message at QoS 1; PUBACK frees it.
        case publishOnce
        /// A message at QoS 2; PUBREC makes it a release.
        case publishTwice
        /// The second half of QoS 2; PUBCOMP frees it.
        case release
        case subscribe
        case unsubscribe
    }

    private var open: [UInt16: Kind] = [:]
    private var last: UInt16 = 0

    /// Gives out a free identifier; nil when all 65,535 are in use.
    mutating func add(_ kind: Kind) -> UInt16? {
        guard open.count < Int(UInt16.max) else { return nil }
        repeat {
            last &+= 1
        } while last == 0 || open[last] != nil
        open[last] = kind
        return last
    }

    mutating func add(_ kind: Kind, _ packetID: UInt16) {
        open[packetID] = kind
    }

    /// Frees an identifier; whether it was in use for that.
    mutating func remove(_ packetID: UInt16, _ kind: Kind) -> Bool {
        guard open[packetID] == kind else { return false }
        open[packetID] = nil
        return true
    }
}

/// Messages at QoS 0 that wait to be written: nothing but their last byte says when they have left.
struct Departures {
    private var waiting: [(number: Int32, end: Int)] = []
    private var first = 0
    private var last = Self.base

    /// The numbers of packet identifiers end here.
    private static let base: Int32 = 65_536

    mutating func nextNumber() -> Int32 {
        last = last == .max ? Self.base + 1 : last + 1
        return last
    }

    mutating func add(_ number: Int32, end: Int) {
        waiting.append((number, end))
    }

    /// The oldest message that has left once so many bytes were written.
    mutating func take(upTo written: Int) -> Int32? {
        guard first < waiting.count, waiting[first].end <= written else { return nil }
        defer {
            first += 1
            if first == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                first = 0
            } else if first > 4_096 {
                waiting.removeFirst(first)
                first = 0
            }
        }
        return waiting[first].number
    }
}
