import DeviceProtocol
import Query
import Terminal

extension TimelineEntry {
    /// The columns of ``values``, all for machines: people get a page.
    static var columns: [OutputColumn] {
        ["time", "until", "event", "subject", "what", "from", "to", "direction", "count", "seq"].map {
            OutputColumn(machineOnly: $0)
        }
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        [
            .time(time),
            .optional(until, OutputValue.time),
            .text(event.rawValue),
            .optional(subject, OutputValue.text),
            .text(what),
            .optional(from, OutputValue.json),
            .optional(to, OutputValue.json),
            .optional(direction?.rawValue, OutputValue.text),
            .optional(count) { .integer(Int64($0)) },
            .optional(sequence, OutputValue.integer),
        ]
    }
}

extension TimelineEntry.Weight {
    /// How a terminal paints it.
    var role: Style.Role? {
        switch self {
        case .usual: .dim
        case .notable: nil
        case .bad: .bad
        }
    }
}
