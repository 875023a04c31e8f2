import JSONScan

/// Turns members into typed fields; what does not fit is kept as an extra member and noted.
struct FieldReader {
    var findings = FindingList()
    /// Members that are no field, or whose value no field takes, in order.
    private var extra: [JSONMember] = []

    /// Keeps a member that no field reads.
    mutating func keep(_ member: JSONMember) {
        extra.append(member)
    }

    /// Hands over the extra members and starts anew.
    mutating func takeExtra() -> [JSONMember] {
        defer { extra = [] }
        return extra
    }

    mutating func text(_ member: JSONMember) -> String? {
        if case .string(let text) = member.value { return text }
        return mismatch(member)
    }

    /// Text that some clients send as a number: ids, versions, priorities.
    mutating func textOrNumber(_ member: JSONMember) -> String? {
        switch member.value {
        case .string(let text): text
        case .number(let number): number.text
        default: mismatch(member)
        }
    }

    mutating func device(_ member: JSONMember) -> DeviceID? {
        guard let text = textOrNumber(member), !text.isEmpty else { return nil }
        return DeviceID(text)
    }

    mutating func bool(_ member: JSONMember) -> Bool? {
        if case .bool(let value) = member.value { return value }
        return mismatch(member)
    }

    mutating func double(_ member: JSONMember) -> Double? {
        if case .number(let number) = member.value { return number.double }
        return mismatch(member)
    }

    mutating func integer(_ member: JSONMember) -> Int64? {
        if case .number(let number) = member.value, let value = number.int64 { return value }
        return mismatch(member)
    }

    mutating func object(_ member: JSONMember) -> [JSONMember]? {
        if case .object(let members) = member.value { return members }
        return mismatch(member)
    }

    /// A time; one that cannot be read is kept in the result and not among the extra members.
    mutating func time(_ member: JSONMember, mayBeFar: Bool = false) -> DeviceTime {
        let time = DeviceTime(member.value)
        let text = time.text ?? ""
        switch time.class {
        case .absent: return time
        case .invalid: findings.add(.invalidTimestamp(field: member.key, text: text))
        case .naive: findings.add(.naiveTimestamp(field: member.key, text: text))
        case .utc, .offset, .epochSeconds, .epochMilliseconds: break
        }
        if time.class != .invalid, !time.isSound, !mayBeFar {
            findings.add(.implausibleTimestamp(field: member.key, text: text))
        }
        return time
    }

    /// Notes that a field came under another name.
    mutating func alias(_ member: JSONMember, for documented: String) {
        findings.add(.fieldAlias(used: member.key, documented: documented))
    }

    /// Null is how some clients leave a field out; any other value of the wrong type is kept and noted.
    private mutating func mismatch<Value>(_ member: JSONMember) -> Value? {
        if member.value.isNull { return nil }
        extra.append(member)
        findings.add(.unexpectedType(field: member.key, found: member.value.typeName))
        return nil
    }
}
