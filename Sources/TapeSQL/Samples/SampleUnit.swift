import DeviceProtocol
import Tape

/// The samples of a unit: by columns, or out of whole messages.
final class SampleUnit {
    /// A metric's values.
    struct Metric {
        var name: String
        /// Nil where nobody asks for values.
        var column: FieldColumn?
        /// What all rows have, if they have the same.
        var constant: FieldScalar?

        /// The value of a row.
        func scalar(_ row: Int) -> FieldScalar { constant ?? column?.scalar(row) ?? .other }
    }

    let metrics: [Metric]
    let showsStatus: Bool
    /// Whether there may be rows without metric.
    let mayReplaceAll: Bool
    private let timestamp: FieldColumn?
    private let status: FieldColumn?
    private let override: FieldColumn?
    private let overrideConstant: Bool?

    /// Reads the columns that a plan needs.
    ///
    /// - Throws: ``FieldDamage`` where they cannot be restored.
    init(
        _ shape: SampleShape, _ group: FieldSegment.Group, _ segment: FieldSegment, _ plan: ScanPlan, all: Bool
    ) throws(FieldDamage) {
        func column(_ slot: Int?, if isNeeded: Bool) throws(FieldDamage) -> FieldColumn? {
            guard isNeeded, let slot else { return nil }
            return try segment.column(slot, of: group)
        }
        let override = try column(shape.override, if: plan.reads("op") || all)
        if case .bool(let value)? = override?.constant {
            overrideConstant = value
        } else {
            overrideConstant = override == nil ? false : nil
        }
        self.override = override
        mayReplaceAll = all && overrideConstant != false
        let needsValues = plan.reads(anyOf: "value", "type", "op") || mayReplaceAll
        var metrics: [Metric] = []
        for metric in shape.metrics {
            let column = try column(metric.slot, if: needsValues)
            metrics.append(Metric(name: metric.name, column: column, constant: column?.constant))
        }
        self.metrics = metrics
        showsStatus = shape.showsStatus
        status = try column(shape.status, if: plan.reads("status") || shape.showsStatus)
        timestamp = try column(shape.timestamp, if: plan.reads(anyOf: "device_time", "device_time_ns"))
    }

    /// Whether the message of a row replaces the whole state.
    func replaces(_ row: Int) -> Bool {
        if let overrideConstant { return overrideConstant }
        if case .bool(true)? = override?.scalar(row) { return true }
        return false
    }

    /// What the device calls its condition.
    func status(_ row: Int) -> String? { status?.string(row) }

    /// When the sample was taken, by the device's own clock.
    func deviceTime(_ row: Int) -> Timestamp? {
        guard let timestamp else { return nil }
        return timestamp.utc(row) ?? timestamp.time(row).timestamp
    }

    /// Whether a row without metric is due: the state is replaced, and no sample says so.
    func replacesAll(_ row: Int) -> Bool {
        guard mayReplaceAll, replaces(row) else { return false }
        if showsStatus, status(row) != nil { return false }
        return metrics.allSatisfy { metric in
            if case .null = metric.scalar(row) { true } else { false }
        }
    }
}
