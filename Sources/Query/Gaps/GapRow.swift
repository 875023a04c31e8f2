public import DeviceProtocol

/// A stretch of time without messages: one in which the recorder may have missed some, or one in which a device said
/// nothing.
public struct GapRow: Sendable, Hashable {
    /// Who was silent.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A row of the loss ledger: messages of all devices may be missing.
        case ledger
        /// A device said nothing while the recorder listened.
        case silence
    }

    /// Who was silent.
    public var kind: Kind
    /// The device that was silent.
    public var device: DeviceID?
    /// The session that the ledger row belongs to.
    public var session: Int64?
    /// Why the recorder may have missed messages, as stored.
    public var cause: String?
    /// The beginning: of a silence the last message before it.
    public var from: Timestamp
    /// The end: of a silence the first message after it; nil while it lasts.
    public var until: Timestamp?
    /// The length, ns; of what lasts, until the end of the window or tape.
    public var duration: Int64
    /// The usual time between two messages of the device, ns.
    public var expected: Int64?
    /// The part of the silence that the loss ledger covers, ns: whether the device spoke then is unknown.
    public var unknown: Int64 = 0
    /// Messages that are known to be missing.
    public var missing: Int64?
    /// The ledger's words for a person.
    public var detail: String?

    /// Whether it still lasts at the end of the window or tape.
    public var isOpen: Bool { until == nil }
}
