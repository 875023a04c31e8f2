/// How much a segment of a copied tape holds at most: sealing one takes several times its size in memory.
public struct SegmentLimits: Sendable, Hashable {
    /// Messages.
    public var messages: Int64
    /// Bytes of messages; a single one may be larger.
    public var bytes: Int64

    /// As much as any segment: the smallest tape.
    public static let full = SegmentLimits(messages: TapeSealer.segmentMessages, bytes: TapeSealer.segmentBytes)
    /// Little, for one who copies beside other work; `tapedeck seal` makes larger ones of them.
    public static let small = SegmentLimits(messages: 8_192, bytes: 4 << 20)
}
