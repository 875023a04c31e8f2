public import DeviceProtocol
public import Tape

/// A message with what its topic and, of telemetry, its payload say at first sight.
public struct MessageRow: Sendable {
    /// The message, whole.
    public var message: RecordedMessage
    /// The device that the topic names; the payload is not asked.
    public var device: DeviceID?
    /// What the topic stands for.
    public var kind: MessageKind
    /// The time that telemetry of one device states for itself, if it is one.
    public var deviceTime: Timestamp?
}

/// The messages themselves, in order of arrival, redeliveries included.
public struct MessageStream {
    /// The reading behind it.
    public var scan: MessageScan

    /// Begins with the first selected message.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public init(_ tape: TapeReader, _ selection: Selection) throws(TapeError) {
        scan = try MessageScan(tape, selection, leavesOutDuplicates: !selection.includesDuplicates)
    }

    /// The next message; nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> MessageRow? {
        guard let message = try scan.next() else { return nil }
        let topic = DeviceTopic.parse(message.topic)
        let deviceTime = topic.kind == .telemetry ? DeviceTime.inTelemetry(message.payload)?.timestamp : nil
        return MessageRow(message: message, device: topic.device, kind: topic.kind, deviceTime: deviceTime)
    }
}
