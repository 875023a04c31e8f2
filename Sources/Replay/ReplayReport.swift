public import DeviceProtocol

/// How a replay went.
public struct ReplayReport: Sendable, Hashable {
    /// Why it ended.
    public enum Ending: Sendable, Hashable {
        /// Everything was published.
        case completed
        /// The user stopped it.
        case interrupted
        /// The connection was gone for good; the reason is a sentence.
        case connectionLost(String)
        /// The broker stood still with messages on their way: none written or acknowledged for so many seconds.
        case silence(seconds: Int64)
        /// The tape could not be read any further; the reason is a sentence.
        case tapeFailed(String)

        /// The reason as a sentence, where there is one.
        public var reason: String? {
            switch self {
            case .connectionLost(let reason), .tapeFailed(let reason): reason
            case .silence(let seconds): "the broker took and acknowledged nothing for \(seconds) s"
            case .completed, .interrupted: nil
            }
        }
    }

    /// How late messages were written to the socket, ns.
    public struct Lateness: Sendable, Hashable {
        /// Half of the messages were at most this late.
        public var p50: Int64
        /// 90 % of the messages were at most this late.
        public var p90: Int64
        /// 99 % of the messages were at most this late.
        public var p99: Int64
        /// 99.9 % of the messages were at most this late.
        public var p999: Int64
        /// The latest of all.
        public var maximum: Int64
        /// Messages that were more than 10 ms late.
        public var overTenMilliseconds: Int64
    }

    /// A recorded command that the target did not send in time.
    public struct MissingCommand: Sendable, Hashable {
        /// The device that should have been sent it, as the replay names it.
        public var device: DeviceID
        /// What was to be done.
        public var name: String
        /// The id that it has on the tape.
        public var commandID: String
        /// Place on the tape of the answer that waited for it.
        public var sequence: Int64
    }

    /// What became of answers that waited for the target's commands.
    public struct ClosedLoop: Sendable, Hashable {
        /// How many of ``missing`` are listed at most.
        public static let listLimit = 100
        /// Different commands that the target sent.
        public var commands: Int64 = 0
        /// Recorded answers that were tied to a command.
        public var answers: Int64 = 0
        /// Answers that were sent after the command of the target.
        public var released: Int64 = 0
        /// Answers that were given up because their command did not come.
        public var expired: Int64 = 0
        /// What they waited for, in the order of the tape.
        public var missing: [MissingCommand] = []
    }

    /// Why it ended.
    public var ending: Ending = .completed
    /// How fast it was meant to be.
    public var pace: Pace
    /// Messages that the plan had.
    public var planned: Int64
    /// Messages written to the socket, repeats not counted.
    public var sent: Int64 = 0
    /// Bytes of topics, properties and payloads of them.
    public var sentBytes: Int64 = 0
    /// Messages of QoS 1 and 2 that the broker took.
    public var acknowledged: Int64 = 0
    /// Messages that the broker refused (a reason code of 0x80 or more, MQTT 5.0 §3.4.2.1), by reason code.
    public var refusedByCode: [UInt8: Int64] = [:]
    /// Messages that MQTT or this broker cannot carry.
    public var unsendable: Int64 = 0
    /// A few of the reasons for that, a sentence each.
    public var unsendableExamples: [String] = []
    /// Messages sent that the broker has not acknowledged.
    public var unacknowledged: Int64 = 0
    /// Messages sent again because the connection broke before they were acknowledged; the broker may have both.
    public var repeated: Int64 = 0
    /// Messages sent with a lower QoS because the broker takes no higher one.
    public var loweredQoS: Int64 = 0
    /// Times that the connection was lost.
    public var disconnections: Int64 = 0
    /// Time without a connection, ns.
    public var outage: Int64 = 0
    /// How long what was sent should have taken, ns; 0 at ``Pace/maximum``.
    public var plannedDuration: Int64 = 0
    /// How long it took from the start to the last write to the socket, ns.
    public var duration: Int64 = 0
    /// How late messages were; nil at ``Pace/maximum``.
    public var lateness: Lateness?

    /// Connections that came about, those that were renewed counted once.
    public var connections: Int64 = 0
    /// Devices whose connection was given up.
    public var lostDevices: Int64 = 0
    /// A few of them with the reason.
    public var lostDeviceExamples: [String] = []
    /// Messages that the rate cap held back.
    public var capped: Int64 = 0
    /// How long it stood still at a person's wish, ns; part of both durations.
    public var paused: Int64 = 0
    /// Times that a person went to another place of the tape.
    public var seeks: Int64 = 0
    /// Times that a person changed the rate.
    public var rateChanges: Int64 = 0
    /// What became of answers that waited for commands; nil when none did.
    public var closedLoop: ClosedLoop?

    /// A replay of so many messages that has not begun.
    public init(pace: Pace, planned: Int64) {
        self.pace = pace
        self.planned = planned
    }

    /// Messages that the broker refused.
    public var refused: Int64 { refusedByCode.values.reduce(0, +) }
    /// Messages of the plan that were not sent; who has gone forth and back on the tape passed over some by intent.
    public var unsent: Int64 {
        seeks > 0 && ending == .completed ? 0 : max(0, planned - sent - unsendable)
    }
    /// Messages a second that were sent.
    public var rate: Double { duration > 0 ? Double(sent) / (Double(duration) / 1e9) : 0 }
    /// Messages a second that the schedule asked for; nil at ``Pace/maximum``.
    public var plannedRate: Double? {
        plannedDuration > 0 ? Double(sent) / (Double(plannedDuration) / 1e9) : nil
    }

    /// Whether the timing can be trusted.
    ///
    /// That is: fewer than 1 % of the messages are later than 100 ms, and the whole took no more than 1 % longer than
    /// planned (and 10 ms, where less than a second was planned). Always at ``Pace/maximum``.
    public var keptUp: Bool {
        guard let lateness else { return true }
        let allowed = plannedDuration / 100 + (plannedDuration < 1_000_000_000 ? 10_000_000 : 0)
        return lateness.p99 <= 100_000_000 && duration - plannedDuration <= allowed
    }

    /// Whether everything that was planned has arrived as far as the broker's answers tell.
    public var isComplete: Bool {
        ending == .completed && refused == 0 && unsendable == 0 && unacknowledged == 0 && unsent == 0
            && lostDevices == 0 && closedLoop?.expired ?? 0 == 0
    }
}
