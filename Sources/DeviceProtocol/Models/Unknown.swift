public import JSONScan

/// A message that fits no model: a foreign topic, no JSON, or JSON of another shape.
public struct Unknown: Hashable, Sendable {
    /// The payload as it came.
    public var payload: [UInt8]
    /// The payload as JSON, if it is that.
    public var value: JSONValue?

    /// Keeps a payload.
    public init(payload: [UInt8], value: JSONValue? = nil) {
        self.payload = payload
        self.value = value
    }
}
