public import JSONScan

/// A device's metrics and status: a patch of what the device said before.
///
/// https://dev.xyte.io/reference/send-telemetry
public struct Telemetry: Hashable, Sendable {
    /// What the device calls its condition: `online`, `offline`, `error` or another text.
    ///
    /// The cloud counts it as a metric `status` too.
    public var status: String?
    /// When the device took the sample, by its own clock.
    public var timestamp = DeviceTime.absent
    /// Names and values in order, repeats kept; null removes the metric from the device's state.
    public var metrics: [JSONMember] = []
    /// Whether the metrics replace the whole state instead of being merged into it.
    public var replacesState = false
    /// A text for people.
    public var message: String?
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// Whether the payload has the shape before `telemetries`, with `common` and `custom`.
    public var isLegacy = false
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = [
        "status", "timestamp", "telemetries", "override", "message", "device_id", "common", "custom",
    ]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        let isLegacy = Self.isLegacy(members)
        for member in members {
            switch member.key {
            case "status": status = reader.text(member)
            case "timestamp": timestamp = reader.time(member)
            case "telemetries": metrics = reader.object(member) ?? []
            case "override": replacesState = reader.bool(member) ?? false
            case "message": message = reader.text(member)
            case "device_id": deviceID = reader.device(member)
            case "common" where isLegacy: readCommon(member, &reader)
            case "custom" where isLegacy: metrics += LegacyTelemetry.metrics(member, &reader)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        self.isLegacy = isLegacy
        if isLegacy { reader.findings.add(.legacyShape) }
        check(&reader.findings)
    }

    private static func isLegacy(_ members: [JSONMember]) -> Bool {
        var hasOldParts = false
        for member in members {
            switch member.key {
            case "telemetries": return false
            case "common", "custom":
                hasOldParts = hasOldParts || member.value.members != nil || member.value.elements != nil
            default: break
            }
        }
        return hasOldParts
    }

    private mutating func readCommon(_ member: JSONMember, _ reader: inout FieldReader) {
        for metric in LegacyTelemetry.metrics(member, &reader) {
            if metric.key == "status", status == nil, let text = metric.value.string {
                status = text
            } else {
                metrics.append(metric)
            }
        }
    }

    private func check(_ findings: inout FindingList) {
        if let status {
            if !Self.isDocumented(status) { findings.add(.unknownStatus(status)) }
        } else {
            findings.add(.missingField("status"))
        }
        findings.addDuplicates(in: metrics)
        for metric in metrics { MetricRules.check(metric, hasStatus: status != nil, &findings) }
    }

    private static func isDocumented(_ status: String) -> Bool {
        switch status {
        case "online", "offline", "error", "unavailable": true
        default: ["online", "offline", "error", "unavailable"].contains(StatusWord.normalized(status))
        }
    }
}

/// The shape of telemetry before `telemetries`, as the vendor's Crestron clients send it.
private enum LegacyTelemetry {
    /// The metrics of `common` or `custom`: an object, or a list of objects with `Key` and `Value`.
    static func metrics(_ member: JSONMember, _ reader: inout FieldReader) -> [JSONMember] {
        guard let elements = member.value.elements else { return reader.object(member) ?? [] }
        return elements.compactMap { element in
            guard let key = element["Key"]?.string, let value = element["Value"] else { return nil }
            return JSONMember(key, value)
        }
    }
}
