/// What the transformations touched.
public struct TransformationCounts: Sendable, Hashable {
    /// A transformation, by the flag that asks for it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `--map-device`, `--device-map`
        case mapDevice = "map_device"
        /// `--fan-out`
        case fanOut = "fan_out"
        /// `--remap`
        case remap
        /// `--shift-time`
        case shiftTime = "shift_time"
        /// `--fresh-ids`
        case freshIDs = "fresh_ids"
        /// `--credentials`, as far as payloads go
        case credentials
    }

    /// Why a value was left as it is.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// No time that anybody can read.
        case notATime = "not_a_time"
        /// A clock that was never set: before 2010.
        case unsetClock = "unset_clock"
        /// The moved time cannot be written in the same way.
        case outOfRange = "out_of_range"
        /// The payload is no JSON, so that its times cannot be found.
        case notJSON = "not_json"
        /// An id that is neither a text nor a whole number from 1 on.
        case notAnID = "not_an_id"
        /// The value would be longer than MQTT allows.
        case tooLong = "too_long"

        /// A few words for a person.
        public var summary: String {
            switch self {
            case .notATime: "no time that can be read"
            case .unsetClock: "of a clock that was never set (before 2010)"
            case .outOfRange: "that cannot be moved and keep its spelling"
            case .notJSON: "in a payload that is no JSON"
            case .notAnID: "neither a text nor a whole number from 1 on"
            case .tooLong: "that would be longer than MQTT allows"
            }
        }
    }

    /// A value before and after.
    public struct Example: Sendable, Hashable {
        /// Place of the message on the tape.
        public var sequence: Int64
        /// Where in the message: `topic`, `payload timestamp`, `user property device_id`.
        public var place: String
        /// What was recorded; secrets are never shown.
        public var before: String
        /// What is sent.
        public var after: String
    }

    /// What one transformation touched.
    public struct Tally: Sendable, Hashable {
        /// Messages with at least one value touched.
        public internal(set) var messages: Int64 = 0
        /// Values touched.
        public internal(set) var values: Int64 = 0
        /// Values left as they are though they belong to it, by reason.
        public internal(set) var leftAlone: [Reason: Int64] = [:]
        /// A few of the values, no two with the same text before.
        public internal(set) var examples: [Example] = []
    }

    /// How many examples are kept of each.
    public static let exampleLimit = 3
    private static let textLimit = 120

    private var tallies = [Tally](repeating: Tally(), count: Kind.allCases.count)
    /// Whether examples are still collected, which costs time.
    var collectsExamples = false
    /// For how many messages the one at hand stands.
    var weight: Int64 = 1

    /// Nothing touched yet.
    public init() {}

    /// What a transformation touched.
    public subscript(kind: Kind) -> Tally { tallies[kind.index] }

    /// Transformations that touched, or left alone, anything.
    public var touched: [Kind] {
        Kind.allCases.filter { self[$0].values > 0 || self[$0].messages > 0 || !self[$0].leftAlone.isEmpty }
    }

    mutating func add(_ kind: Kind, values: Int64) {
        guard values > 0 else { return }
        tallies[kind.index].messages += weight
        tallies[kind.index].values += values * weight
    }

    mutating func leave(_ kind: Kind, _ reason: Reason) {
        tallies[kind.index].leftAlone[reason, default: 0] += weight
    }

    mutating func example(
        _ kind: Kind, sequence: Int64, place: @autoclosure () -> String, before: some Collection<UInt8>,
        after: some Collection<UInt8>
    ) {
        guard collectsExamples else { return }
        let examples = tallies[kind.index].examples
        guard examples.count < Self.exampleLimit else { return }
        let text = Self.text(before)
        guard !examples.contains(where: { $0.before.utf8.elementsEqual(text.utf8) }) else { return }
        tallies[kind.index].examples.append(
            Example(sequence: sequence, place: place(), before: text, after: Self.text(after)))
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(textLimit), as: UTF8.self)
        return bytes.count > textLimit ? text + "…" : text
    }
}

extension TransformationCounts.Kind {
    fileprivate var index: Int {
        switch self {
        case .mapDevice: 0
        case .fanOut: 1
        case .remap: 2
        case .shiftTime: 3
        case .freshIDs: 4
        case .credentials: 5
        }
    }
}
