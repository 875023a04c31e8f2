import DeviceProtocol
public import JSONScan
public import Tape

/// What a page draws beside a timeline: states and commands of the window, and the numbers of what moved.
public struct TimelinePictures: Sendable {
    /// A value that is no number and how long it held.
    public struct State: Sendable, Hashable {
        /// Wall times of arrival, ns since the Unix epoch.
        public var range: Range<Int64>
        /// The value.
        public var value: JSONValue
    }

    /// A thing that has states.
    public struct Lane: Sendable {
        /// The metric, `status` or `maintenance`.
        public var name: String
        /// Its states in the window, in order.
        public var states: [State]
    }

    /// The numbers of a metric that moved.
    public struct Line: Sendable {
        /// The metric.
        public var metric: String
        /// Its values in the time before and in the window.
        public var series: MetricSeries
    }

    /// The condition, maintenance, and the metrics that are no numbers and changed.
    public internal(set) var lanes: [Lane] = []
    /// The device's commands with a message in the window.
    public internal(set) var commands: [CommandRow] = []
    /// The metrics that moved, the furthest first; at most twelve.
    public internal(set) var lines: [Line] = []
    /// The rows of the loss ledger that touch the window or the time before it.
    public internal(set) var gaps: [Gap] = []

    init() {}

    init(_ facts: TimelineFacts, _ telemetry: TimelineTelemetry, _ answer: TimelineAnswer, end: Timestamp?) {
        let window = answer.window.lowerBound.nanoseconds..<answer.window.upperBound.nanoseconds
        // Nobody knows what holds after the end of the tape.
        let stop = min(window.upperBound, max(window.lowerBound, end?.nanoseconds ?? window.upperBound))
        lanes = [
            Self.lane("status", telemetry.conditions.map { ($0.time, $0.value) }, window.lowerBound, stop),
            Self.lane(
                "maintenance", facts.maintenance.map { ($0.time, JSONValue.bool($0.isOn)) }, window.lowerBound, stop),
        ]
        .compactMap(\.self)
        lanes += telemetry.states.prefix(12).compactMap { state in
            Self.lane(state.name, state.changes.map { ($0.time, $0.value) }, window.lowerBound, stop)
        }
        lines = answer.moved.prefix(12).map { Line(metric: $0.metric, series: telemetry.series($0.metric)) }
        let tracker = facts.follower.tracker
        commands = tracker.selected(of: DeviceSelection([answer.device]))
            .map {
                tracker.row($0, until: min(answer.window.upperBound, end ?? answer.window.upperBound))
            }
    }

    /// The states between two instants; nil where there are none.
    private static func lane(
        _ name: String, _ changes: [(time: Int64, value: JSONValue?)], _ start: Int64, _ end: Int64
    ) -> Lane? {
        var states: [State] = []
        for (index, change) in changes.enumerated() {
            let next = index + 1 < changes.count ? changes[index + 1].time : end
            let from = max(start, change.time)
            guard let value = change.value, next > from else { continue }
            states.append(State(range: from..<next, value: value))
        }
        return states.isEmpty ? nil : Lane(name: name, states: states)
    }
}
