import DeviceProtocol
import JSONScan

/// Follows one condition on metrics through telemetry, device by device.
///
/// Telemetry is a patch: a metric that a message does not name keeps the value that it had.
struct MetricWatch {
    private let pattern: Glob
    private let comparison: TriggerCondition.Comparison
    private let operand: TriggerCondition.Operand
    private let watchesStatus: Bool
    /// The metrics for which the condition holds, of the devices for which it does; names as bytes.
    private var holding: [DeviceID: Set<[UInt8]>] = [:]

    /// Devices that are followed at once; those beyond are not looked at until others are well again.
    static let manyDevices = 65_536
    private static let manyNames = 64
    private static let status = "status"

    init(_ pattern: Glob, _ comparison: TriggerCondition.Comparison, _ operand: TriggerCondition.Operand) {
        self.pattern = pattern
        self.comparison = comparison
        self.operand = operand
        watchesStatus = pattern.matches(Self.status)
    }

    /// Takes telemetry of a device; gives what made the condition begin to hold for it, if it did.
    mutating func see(_ telemetry: Telemetry, of device: DeviceID) -> String? {
        let before = holding[device] ?? []
        var names = telemetry.replacesState ? [] : before
        var cause: String?
        func note(_ name: String, _ holds: Bool, _ value: @autoclosure () -> String) {
            guard holds else {
                names.remove(Array(name.utf8))
                return
            }
            if names.count < Self.manyNames { names.insert(Array(name.utf8)) }
            if before.isEmpty, cause == nil { cause = "\(name)=\(value())" }
        }
        if watchesStatus, let status = telemetry.status { note(Self.status, holds(status: status), status) }
        for metric in telemetry.metrics where pattern.matches(metric.key) {
            guard metric.key.utf8.count <= TriggerWatch.longestName else { continue }
            let holds: Bool
            if metric.key == Self.status, let status = metric.value.string {
                holds = self.holds(status: status)
            } else {
                holds = self.holds(metric.value)
            }
            note(metric.key, holds, Self.text(metric.value))
        }
        guard !names.isEmpty else {
            if !before.isEmpty { holding[device] = nil }
            return nil
        }
        guard !before.isEmpty || holding.count < Self.manyDevices else { return nil }
        if names != before { holding[device] = names }
        return cause
    }

    private func holds(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let number):
            guard let wanted = operand.number else { return comparison == .unequal }
            return compare(number.double, wanted)
        case .string(let text): return holds(text: text)
        case .bool(let value): return holds(text: value ? "true" : "false")
        case .null, .array, .object: return false
        }
    }

    private func holds(text: String) -> Bool {
        let isSame = text.utf8.elementsEqual(operand.text.utf8)
        return comparison == .equal ? isSame : comparison == .unequal ? !isSame : false
    }

    /// Clients spell the status words in any case.
    private func holds(status: String) -> Bool {
        let isSame = Self.lowered(status) == Self.lowered(operand.text)
        return comparison == .equal ? isSame : comparison == .unequal ? !isSame : false
    }

    private static func lowered(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 != UInt8(ascii: " ") }.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    }

    private func compare(_ value: Double, _ wanted: Double) -> Bool {
        switch comparison {
        case .atMost: value <= wanted
        case .atLeast: value >= wanted
        case .unequal: value != wanted
        case .equal: value == wanted
        case .below: value < wanted
        case .above: value > wanted
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .number(let number): number.text
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: value.typeName
        }
    }
}
