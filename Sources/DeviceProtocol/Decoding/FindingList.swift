import JSONScan

/// The findings of one message; keeps a bounded number of them, because a hostile payload could cause thousands.
struct FindingList {
    /// The first findings, in order.
    private(set) var findings: [Finding] = []

    /// How many findings of one message are kept.
    static let limit = 64

    mutating func add(_ finding: Finding) {
        if findings.count < Self.limit { findings.append(finding) }
    }

    /// Looks for names that stand more than once in an object.
    mutating func addDuplicates(in members: [JSONMember]) {
        guard members.count > 1 else { return }
        if members.count > 32 { return addManyDuplicates(in: members) }
        // A bit for length, first and last byte of each name: most objects need no comparison at all.
        var seen: UInt64 = 0
        for (index, member) in members.enumerated() {
            let bit: UInt64 = 1 << (Self.mix(member.key) & 63)
            if seen & bit != 0, members[..<index].contains(where: { Bytes.equal($0.key, member.key) }) {
                add(.duplicateKey(member.key))
            }
            seen |= bit
        }
    }

    private static func mix(_ name: String) -> UInt64 {
        let bytes = name.utf8Span.span
        guard bytes.count > 0 else { return 0 }
        let ends = UInt64(bytes[0]) &* 7 ^ UInt64(bytes[bytes.count - 1]) &* 13
        return UInt64(truncatingIfNeeded: bytes.count) &* 31 ^ ends ^ UInt64(bytes[bytes.count / 2]) &* 3
    }

    private mutating func addManyDuplicates(in members: [JSONMember]) {
        var seen = Set<DeviceID>(minimumCapacity: members.count)
        // DeviceID is the text type that compares by bytes.
        for member in members where !seen.insert(DeviceID(member.key)).inserted {
            add(.duplicateKey(member.key))
        }
    }
}
