import DeviceProtocol
import JSONScan
import Tape

/// What a part of a tape says of one device; whatever comes later in the order counts.
struct StateWords {
    /// A value and its place in the part's order of arrival.
    struct Said<Value> {
        var value: Value
        var order: Int64
        var arrival: Timestamp
    }

    /// The last message of any kind, and the last telemetry.
    private(set) var heard: Said<Void>?
    private(set) var telemetry: Said<Void>?
    /// The last message whose payload names it, of any kind that makes up the state.
    private(set) var mentioned: Said<Void>?
    private(set) var facts: [StateFact: Said<String>] = [:]
    private(set) var space: Said<SpaceInfo>?
    /// By the number of the metric's name; nil where it was removed.
    private(set) var metrics: [Int: Said<JSONValue?>] = [:]
    /// When the whole state was replaced; only what came at that place or later holds.
    private(set) var replacedAt: Int64?
    private(set) var licenses: [LicenseKey: LicenseWords] = [:]

    /// Metrics of a device beyond which further ones are not followed.
    static let metricLimit = 4_096
    /// Licences of a device beyond which further ones are not followed.
    static let licenseLimit = 4_096

    mutating func hear(_ order: Int64, _ arrival: Timestamp, isTelemetry: Bool) {
        if order >= heard?.order ?? .min { heard = Said(value: (), order: order, arrival: arrival) }
        guard isTelemetry, order >= telemetry?.order ?? .min else { return }
        telemetry = Said(value: (), order: order, arrival: arrival)
    }

    mutating func mention(_ order: Int64, _ arrival: Timestamp) {
        if order >= mentioned?.order ?? .min { mentioned = Said(value: (), order: order, arrival: arrival) }
    }

    mutating func say(_ fact: StateFact, _ text: String?, _ order: Int64, _ arrival: Timestamp) {
        guard let text, order >= facts[fact]?.order ?? .min else { return }
        facts[fact] = Said(value: text, order: order, arrival: arrival)
    }

    mutating func set(_ metric: Int, _ value: JSONValue, _ order: Int64, _ arrival: Timestamp) {
        guard order >= metrics[metric]?.order ?? .min, metrics.count < Self.metricLimit || metrics[metric] != nil else {
            return
        }
        metrics[metric] = Said(value: value.isNull ? nil : value, order: order, arrival: arrival)
    }

    /// Whether a value of that place would count.
    func wants(_ metric: Int, at order: Int64) -> Bool {
        order >= metrics[metric]?.order ?? .min && order >= replacedAt ?? .min
    }

    mutating func replace(at order: Int64) {
        replacedAt = max(replacedAt ?? .min, order)
    }

    mutating func stay(_ info: SpaceInfo, _ order: Int64, _ arrival: Timestamp) {
        guard order >= space?.order ?? .min else { return }
        space = Said(value: info, order: order, arrival: arrival)
    }

    mutating func take(_ license: License, _ order: Int64) {
        let key = LicenseKey(license.id)
        guard licenses[key] != nil || licenses.count < Self.licenseLimit else { return }
        licenses[key, default: LicenseWords()].take(license, order)
    }

    mutating func take(_ update: LicenseUpdate, _ order: Int64) {
        let key = LicenseKey(update.id)
        guard licenses[key] != nil || licenses.count < Self.licenseLimit else { return }
        licenses[key, default: LicenseWords()].take(update, order)
    }

    mutating func take(_ telemetry: Telemetry, _ names: inout NameList, _ order: Int64, _ arrival: Timestamp) {
        if telemetry.replacesState { replace(at: order) }
        for metric in telemetry.metrics { set(names.number(of: metric.key), metric.value, order, arrival) }
        say(.status, telemetry.status ?? DeviceWord.text("status", in: telemetry), order, arrival)
        for key in DeviceWord.firmwareKeys { say(.firmware, DeviceWord.text(key, in: telemetry), order, arrival) }
        for key in DeviceWord.modelKeys { say(.model, DeviceWord.text(key, in: telemetry), order, arrival) }
    }
}

/// What tells a licence from others of its device: its id's bytes; empty for those without one.
struct LicenseKey: Hashable {
    let bytes: [UInt8]

    init(_ id: String?) { bytes = Array((id ?? "").utf8) }

    var id: String? { bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
}

/// What a part of a tape says of one licence.
struct LicenseWords {
    /// The newest word of the cloud.
    private(set) var license: (value: License, order: Int64)?
    /// The newest word of the device.
    private(set) var update: (value: LicenseUpdate, order: Int64)?

    mutating func take(_ license: License, _ order: Int64) {
        if order >= self.license?.order ?? .min { self.license = (Self.withoutSecrets(license), order) }
    }

    mutating func take(_ update: LicenseUpdate, _ order: Int64) {
        if order >= self.update?.order ?? .min { self.update = (update, order) }
    }

    /// What belongs to nobody else is not kept.
    private static func withoutSecrets(_ license: License) -> License {
        var license = license
        license.data = nil
        license.signature = nil
        license.extra = []
        return license
    }
}
