/// The properties of a PUBLISH packet: an ordered list in which a name may stand more than once.
///
/// Kept in the form that MQTT itself gives them (MQTT 5.0 §2.2.2, without the leading length), so that a list is
/// copied, compared and stored as plain bytes and comes back in exactly the order in which it arrived.
public struct PublishProperties: Sendable, Hashable {
    /// The properties one after the other, each an identifier and its value as MQTT 5.0 §2.2.2.2 encodes them.
    public private(set) var bytes: [UInt8]

    /// No properties.
    public init() {
        bytes = []
    }

    /// Encodes a list, order and repeats kept.
    public init(_ properties: [PublishProperty]) {
        bytes = []
        for property in properties { append(property) }
    }

    /// Takes properties in their wire form.
    ///
    /// - Parameter bytes: what MQTT 5.0 §2.2.2 calls the property list, without its length.
    /// - Throws: ``MalformedProperties`` where the bytes are not such a list.
    public init(validating bytes: [UInt8]) throws(MalformedProperties) {
        // A typed error does not pass withUnsafeBytes.
        let failure: MalformedProperties? = bytes.withUnsafeBytes { bytes in
            do throws(MalformedProperties) {
                try PropertyScan.validate(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        self.bytes = bytes
    }

    /// Copies properties in their wire form.
    ///
    /// - Parameter bytes: what MQTT 5.0 §2.2.2 calls the property list, without its length.
    /// - Throws: ``MalformedProperties`` where the bytes are not such a list.
    public init(validating bytes: UnsafeRawBufferPointer) throws(MalformedProperties) {
        try PropertyScan.validate(bytes)
        self.bytes = Array(bytes)
    }

    /// Whether there is no property at all.
    public var isEmpty: Bool { bytes.isEmpty }

    /// The properties, decoded, in order.
    public var list: [PublishProperty] {
        var reader = PropertyReader(bytes)
        var properties: [PublishProperty] = []
        // The bytes were validated or encoded here; a malformed tail cannot occur and would only end the list.
        while let property = try? reader.next() { properties.append(property) }
        return properties
    }

    /// Adds a property at the end.
    public mutating func append(_ property: PublishProperty) {
        bytes.append(property.identifier)
        switch property {
        case .payloadFormatIndicator(let value): bytes.append(value)
        case .messageExpiryInterval(let value): append(bigEndian: value)
        case .topicAlias(let value): append(bigEndian: value)
        case .responseTopic(let text), .contentType(let text): append(text: text)
        case .correlationData(let data): append(binary: data)
        case .subscriptionIdentifier(let value): VariableByteInteger.append(Int(value), to: &bytes)
        case .userProperty(let name, let value):
            append(text: name)
            append(text: value)
        }
    }

    /// The user properties in order, repeats included.
    public var userProperties: [(name: String, value: String)] {
        list.compactMap { property in
            if case .userProperty(let name, let value) = property { (name, value) } else { nil }
        }
    }

    /// The value of the first user property of that name.
    public func userProperty(_ name: String) -> String? {
        for case .userProperty(name, let value) in list { return value }
        return nil
    }

    /// The response topic, if there is one.
    public var responseTopic: String? {
        for case .responseTopic(let topic) in list { return topic }
        return nil
    }

    /// The correlation data, if there are any.
    public var correlationData: [UInt8]? {
        for case .correlationData(let data) in list { return data }
        return nil
    }

    /// The same list with each property replaced by what `transform` makes of it; nil removes it.
    public func map(_ transform: (PublishProperty) -> PublishProperty?) -> PublishProperties {
        PublishProperties(list.compactMap(transform))
    }

    private mutating func append(bigEndian value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private mutating func append(text: String) {
        // The view itself would be copied byte by byte.
        if text.utf8.withContiguousStorageIfAvailable({ append(binary: $0) }) == nil { append(binary: text.utf8) }
    }

    private mutating func append(binary data: some Collection<UInt8>) {
        // MQTT 5.0 §1.5.4: a length is two bytes. Longer values cannot be sent at all, so nothing real is cut here.
        let data = data.prefix(Int(UInt16.max))
        append(bigEndian: UInt16(data.count))
        bytes.append(contentsOf: data)
    }
}
