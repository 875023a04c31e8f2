import DeviceProtocol
import Query
import Terminal

extension TelemetryRow {
    /// The keys of the contract, in its order.
    static let keys = ["seq", "time", "device_time", "device", "metric", "value", "status", "op", "clock"]

    /// The columns of ``values(_:)``.
    static func columns(_ times: TableTime, hidesDevice: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 2)
        return [
            OutputColumn(machineOnly: "seq"),
            OutputColumn("time", title: times.title("time"), minimumWidth: 12, priority: 6),
            OutputColumn("device_time", title: "device time", minimumWidth: 12, priority: 0),
            hidesDevice ? device.withoutTable : device,
            OutputColumn("metric", minimumWidth: 12, priority: 4),
            OutputColumn("value", .trailing, minimumWidth: 12, priority: 5),
            OutputColumn("status", minimumWidth: 7, maximumWidth: 16, priority: 1),
            OutputColumn("op", priority: 3),
            OutputColumn("clock", minimumWidth: 6, priority: 0),
        ]
    }

    /// The row's values, in the order of the contract.
    func values(_ clock: TelemetryClock) -> [OutputValue] {
        [
            .integer(sequence),
            .time(arrival),
            .optional(deviceTime, OutputValue.time),
            .optional(device?.text, OutputValue.id),
            .optional(metric, OutputValue.text),
            .optional(value, OutputValue.json),
            .optional(status) { .painted($0, StatusRole.of($0)) },
            operation == .set ? .painted("set", .dim) : .painted(operation.rawValue, .warning),
            .painted(clock.isDevice(deviceTime) ? "device" : "arrival", .dim),
        ]
    }
}
