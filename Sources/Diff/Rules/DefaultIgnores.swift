import DeviceProtocol

/// What no two runs have in common: ids, and what clocks say.
enum DefaultIgnores {
    /// The places that are not compared in messages of a kind, unless the comparison is strict.
    static func paths(of kind: MessageKind) -> [PathPattern] {
        switch kind {
        case .telemetry: PathPattern.members(["timestamp"], inEachElement: false)
        case .config, .configUpdate: PathPattern.members(["last_updated"], inEachElement: false)
        case .command, .commandUpdate: list(["id"])
        case .license: list(["id", "expires_at", "expired_at", "current_time"])
        case .licenseUpdate: list(["id"])
        case .spaceInfo: PathPattern.members(["local_time"], inEachElement: false)
        case .incident: list(["id", "created_at", "updated_at"])
        case .firmwareNotice, .deviceUpdate, .cloudSetting, .snapshotRequest, .unknown: []
        }
    }

    /// Both generations of topics: one object, or an array of them (https://dev.xyte.io/reference/subscribe-topics).
    private static func list(_ names: [String]) -> [PathPattern] {
        PathPattern.members(names, inEachElement: false) + PathPattern.members(names, inEachElement: true)
    }
}
