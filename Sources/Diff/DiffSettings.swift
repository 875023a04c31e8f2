public import DeviceProtocol

/// How two tapes are compared.
public struct DiffSettings: Sendable {
    /// What may differ.
    public var rules = DiffRules()
    /// Whether ids, timestamps, placeholders of secrets and the DUP flag are compared too.
    public var isStrict = false
    /// The only direction that is compared; nil for both.
    public var direction: Direction?
    /// Which device of the base is which of the candidate.
    public var devices = DeviceMap()
    /// How many messages of one device and kind are looked at together when they do not follow one another as expected.
    public var window = 128
    /// How many bytes of messages may wait for their counterparts.
    public var waitingLimit = 4 << 20
    /// Telemetry messages of both tapes beyond which devices are compared some at a time.
    public var batchThreshold: Int64 = 131_072

    /// Both directions, without rules.
    public init() {}
}
