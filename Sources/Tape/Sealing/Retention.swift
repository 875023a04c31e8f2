/// How much of a tape is kept; what is nil sets no limit.
public struct Retention: Sendable, Hashable {
    /// Messages older than this are deleted, ns.
    public var age: Int64?
    /// The tape may take up so many bytes.
    public var size: Int64?
    /// So many bytes are left free on the tape's disk.
    public var free: Int64?

    /// Keeps everything.
    public init() {}

    /// Whether there is any limit.
    public var isLimited: Bool { age != nil || size != nil || free != nil }
}
