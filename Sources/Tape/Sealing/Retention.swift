public import DeviceProtocol

/// How much of a tape is kept; what is nil sets no limit.
public struct Retention: Sendable, Hashable {
    /// Messages older than this are deleted, ns.
    public var age: Int64?
    /// The tape may take up so many bytes.
    public var size: Int64?
    /// So many bytes are left free on the tape's disk.
    public var free: Int64?
    /// Whether the tape is a rolling window: journal batches are deleted by ``age`` too, so that a quiet tape does not
    /// keep what it has not sealed.
    public var isRing = false
    /// Age and size delete nothing that arrived then or later: somebody still needs it.
    public var keepsFrom: Timestamp?

    /// Keeps everything.
    public init() {}

    /// Whether there is any limit.
    public var isLimited: Bool { age != nil || size != nil || free != nil }
}
