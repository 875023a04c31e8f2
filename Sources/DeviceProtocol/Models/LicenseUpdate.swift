public import JSONScan

/// What a device says about a licence, with the text that said so.
public struct LicenseState: Hashable, Sendable, CustomStringConvertible {
    /// The text as written.
    public let raw: String
    /// What it means.
    public let state: State

    /// The states of a licence on a device; the raw values are what queries show.
    public enum State: String, CaseIterable, Sendable, Hashable {
        /// Verified but not used yet.
        case pending
        /// In use.
        case inUse = "inuse"
        /// No longer there.
        case removed
        /// Refused.
        case error
        /// What the vendor's sample shows though its list of states lacks it.
        case done
        /// A word that no documentation names.
        case other
    }

    /// Understands a state; case, white space around it and `-` for `_` do not matter.
    public init(_ raw: String) {
        self.raw = raw
        let word = StatusWord.normalized(raw)
        state = word == "in_use" ? .inUse : State(rawValue: word) ?? .other
    }

    /// The text as written.
    public var description: String { raw }
}

/// What a device did with a licence.
///
/// https://dev.xyte.io/reference/update-license
public struct LicenseUpdate: Hashable, Sendable {
    /// The licence; numbers as their text.
    public var id: String?
    /// What became of it.
    public var state: LicenseState?
    /// A text for the operator.
    public var error: String?
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = ["id", "state", "error", "message", "device_id"]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "id": id = reader.textOrNumber(member)
            case "state": state = reader.text(member).map(LicenseState.init)
            case "error": error = reader.text(member)
            case "message":
                // Command updates call it so, and some clients do not tell the two apart.
                reader.alias(member, for: "error")
                error = reader.text(member) ?? error
            case "device_id": deviceID = reader.device(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        if id == nil { reader.findings.add(.missingID) }
        switch state?.state {
        case nil: reader.findings.add(.missingField("state"))
        case .other: reader.findings.add(.unknownStatus(state?.raw ?? ""))
        case .done: reader.findings.add(.contradictoryState(state?.raw ?? ""))
        case .pending, .inUse, .removed, .error: break
        }
    }
}
