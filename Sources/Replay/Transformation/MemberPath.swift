import DeviceProtocol
import JSONScan

/// Where in a payload a value stands, as far as transformations ask.
struct MemberPath {
    /// The name of the member that the next value belongs to; nil in an array.
    private(set) var name: JSONToken?
    private var depth = 0
    private var isArray = false
    private var isRoot = true
    /// Whether the member of the outermost object that is being read is named like a device.
    private var isInDevice = false

    /// Takes notice of a token before it is looked at.
    mutating func note(_ token: JSONToken, depth: Int, in text: Span<UInt8>) {
        self.depth = depth
        if isRoot {
            isRoot = false
            isArray = token.kind == .beginArray
        }
        switch token.kind {
        case .key:
            name = token
            if depth == 1 { isInDevice = UUIDSpelling(text.extracting(token.range)) != nil }
        case .beginObject, .beginArray:
            // The bracket itself is the value of the member that it belongs to.
            self.depth -= 1
        default: break
        }
    }

    /// Takes notice of a token after it was looked at.
    mutating func passed(_ token: JSONToken) {
        if token.kind != .key { name = nil }
    }

    /// The name of a member that a typed model reads: of the object that the payload is, of an object of its array, or
    /// of a device's object in a batch of telemetry.
    func field(_ kind: MessageKind) -> JSONToken? {
        guard let name else { return nil }
        if depth == 1 { return isArray ? nil : name }
        guard depth == 2 else { return nil }
        return isArray || isInDevice && kind == .telemetry ? name : nil
    }

    /// Whether the member holds the id of a device.
    func namesDevice(_ text: Span<UInt8>) -> Bool {
        name.map { $0.equals("device_id", in: text) || $0.equals("parent_id", in: text) } ?? false
    }
}

extension MessageKind {
    /// Whether payloads have an id by which the parties of a conversation know what it is about.
    var hasConversationID: Bool {
        switch self {
        case .command, .commandUpdate, .license, .licenseUpdate, .incident: true
        default: false
        }
    }
}
