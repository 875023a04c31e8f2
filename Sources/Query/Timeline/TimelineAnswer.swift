public import DeviceProtocol
import JSONScan
public import Tape

/// What happened to a device in a window.
public struct TimelineAnswer: Sendable {
    /// The device.
    public var device: DeviceID
    /// The window of arrival that was asked for.
    public var window: Range<Timestamp>
    /// The time before it that numbers are compared with.
    public var baseline: Range<Timestamp>
    /// The rows of the loss ledger that touch the window, oldest first.
    public var gaps: [Gap] = []
    /// The metrics that moved, the furthest first.
    public var moved: [MovedMetric] = []
    /// The story, in order of time.
    public var entries: [TimelineEntry] = []
    /// Messages in the window that concern the device.
    public var messages = 0
    /// The time between two telemetry messages, median, ns; nil where there are too few.
    public var period: Int64?
    /// When the device was heard last before the window; nil where never.
    public var nearestBefore: Timestamp?
    /// When the device was heard first after the window; nil where never.
    public var nearestAfter: Timestamp?
    /// Messages on telemetry topics of the window that hold no telemetry.
    public var unreadable = 0
    /// Parts of the tape that could not be read.
    public var damages: [TapeError] = []
    /// What a page draws beside the story.
    public var pictures = TimelinePictures()

    init(device: DeviceID, window: Range<Timestamp>) {
        self.device = device
        self.window = window
        baseline = window.lowerBound..<window.lowerBound
    }

    /// Whether the window has nothing of the device at all.
    public var isEmpty: Bool { messages == 0 && entries.isEmpty }

    /// All rows: the ledger, the metrics that moved, and the story.
    public var rows: [TimelineEntry] {
        gaps.map(Self.entry) + moved.map { entry($0) } + entries
    }

    private static func entry(_ gap: Gap) -> TimelineEntry {
        var entry = TimelineEntry(time: gap.beganAt, event: .gap, what: "")
        entry.until = gap.endedAt
        entry.subject = gap.cause
        entry.what = "messages may be missing: \(gap.summary)"
        if let detail = gap.detail, !detail.isEmpty { entry.what += ", \(detail)" }
        entry.count = gap.missing.map(Int.init(clamping:))
        entry.weight = .bad
        return entry
    }

    private func entry(_ moved: MovedMetric) -> TimelineEntry {
        var entry = TimelineEntry(time: moved.time ?? window.lowerBound, event: .moved, what: "")
        entry.subject = moved.metric
        entry.what = moved.sentence(baseline)
        entry.from = JSONNumber(moved.median).map(JSONValue.number)
        entry.to = JSONNumber(moved.value).map(JSONValue.number)
        entry.weight = .notable
        return entry
    }
}

extension MovedMetric {
    /// The whole in one sentence.
    func sentence(_ baseline: Range<Timestamp>) -> String {
        let unit = isRate ? " a second" : ""
        let length = baseline.upperBound.nanoseconds &- baseline.lowerBound.nanoseconds
        let usual =
            least == greatest
            ? "always \(TimelineWords.number(least))"
            : "\(TimelineWords.number(least)) to \(TimelineWords.number(greatest)), median \(TimelineWords.number(median))"
        let name = TimelineWords.name(metric)
        let word = isRate ? "\(name) rises by" : name
        let kind = time == nil ? "median \(TimelineWords.number(value))" : TimelineWords.number(value)
        return "\(word) \(kind)\(unit); in the \(TimelineWords.duration(length)) before \(usual) "
            + "(\(score < 1_000 ? TimelineWords.number(score.rounded()) : "over 1,000") × the usual spread)"
    }
}
