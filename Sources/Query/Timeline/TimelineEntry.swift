public import DeviceProtocol
public import JSONScan

/// Something that happened to a device, in one sentence.
public struct TimelineEntry: Sendable, Hashable {
    /// What kind of thing happened; the raw values are what queries show.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// The loss ledger says that messages may be missing.
        case gap
        /// A metric that is a number moved away from where it was in the time before.
        case moved
        /// What the device calls its condition became another one.
        case status
        /// A metric that is text or a truth value became another one, came, went, or began anew.
        case metric
        /// The device replaced its whole state.
        case state
        /// A command was delivered, or a device said how far it has come.
        case command
        /// A configuration was sent, or a device said which one it has.
        case config
        /// Firmware was offered, or a device said which it runs.
        case firmware
        /// A licence was sent, or a device said what it did with it.
        case license
        /// The room, or its maintenance, changed.
        case space
        /// What the device says of itself changed.
        case device
        /// The device changed a setting of the cloud.
        case setting
        /// The device asked for everything to be published again.
        case snapshot
        /// An incident was opened.
        case incident
        /// Nothing was heard of the device for much longer than usual.
        case silence
        /// The device's clock jumped.
        case clock
        /// Messages came that the device had held back.
        case late
        /// The recorder began, ended, or had its clock set.
        case recorder
        /// Messages were not as they should be.
        case finding
        /// Somebody set a mark on the tape.
        case mark
    }

    /// How much it deserves a look.
    public enum Weight: Sendable, Hashable {
        /// As it goes.
        case usual
        /// A change.
        case notable
        /// Something is wrong.
        case bad
    }

    /// When it happened, or began: wall time of arrival.
    public var time: Timestamp
    /// When it was over, for what lasts; nil also where it lasts still.
    public var until: Timestamp?
    /// What kind of thing.
    public var event: Event
    /// What it happened to: a metric, a command's or a licence's id, a version, a finding's code.
    public var subject: String?
    /// The whole in one sentence.
    public var what: String
    /// What was before.
    public var from: JSONValue?
    /// What is since.
    public var to: JSONValue?
    /// Which way the message travelled.
    public var direction: Direction?
    /// How many messages it sums up, where it is more than one.
    public var count: Int?
    /// The message, or the first of them.
    public var sequence: Int64?
    /// How much it deserves a look.
    public var weight = Weight.usual
}

extension TimelineEntry.Weight {
    /// What becoming a condition deserves: only `online` is good news.
    init(status: String) {
        self = status.lowercased() == "online" ? .notable : .bad
    }
}
