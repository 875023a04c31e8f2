/// Walks a PUBLISH property list without decoding it: for whoever only needs to know that it is one.
struct PropertyScan {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    /// Reads `bytes` to the end.
    ///
    /// - Throws: ``MalformedProperties`` where they are no property list, exactly as decoding them would.
    static func validate(_ bytes: UnsafeRawBufferPointer) throws(MalformedProperties) {
        var scan = PropertyScan(bytes: bytes)
        while scan.offset < bytes.count { try scan.property() }
    }

    private mutating func property() throws(MalformedProperties) {
        let identifier = bytes[offset]
        offset += 1
        switch identifier {
        case PublishProperty.Identifier.userProperty:
            try text()
            try text()
        case PublishProperty.Identifier.responseTopic, PublishProperty.Identifier.contentType: try text()
        case PublishProperty.Identifier.correlationData: _ = try binary()
        case PublishProperty.Identifier.payloadFormatIndicator: try skip(1)
        case PublishProperty.Identifier.messageExpiryInterval: try skip(4)
        case PublishProperty.Identifier.topicAlias: try skip(2)
        case PublishProperty.Identifier.subscriptionIdentifier: try variableByteInteger()
        default:
            throw MalformedProperties(offset: offset - 1, reason: "\(identifier) is no property of a PUBLISH packet")
        }
    }

    private mutating func skip(_ count: Int) throws(MalformedProperties) {
        guard bytes.count - offset >= count else { throw truncated(count) }
        offset += count
    }

    private mutating func binary() throws(MalformedProperties) -> UnsafeRawBufferPointer {
        guard bytes.count - offset >= 2 else { throw truncated(2) }
        let count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
        offset += 2
        let start = offset
        try skip(count)
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
    }

    private mutating func text() throws(MalformedProperties) {
        let start = offset
        let value = try binary()
        guard WireText.isASCII(value) || WireText.string(value) != nil else {
            throw MalformedProperties(offset: start, reason: "text that is not UTF-8")
        }
    }

    private mutating func variableByteInteger() throws(MalformedProperties) {
        for _ in 0..<4 {
            guard offset < bytes.count else { throw truncated(1) }
            defer { offset += 1 }
            if bytes[offset] & 0x80 == 0 { return }
        }
        throw MalformedProperties(offset: offset, reason: "a variable byte integer of more than four bytes")
    }

    private func truncated(_ wanted: Int) -> MalformedProperties {
        MalformedProperties(
            offset: offset, reason: "\(wanted) more bytes expected, \(max(0, bytes.count - offset)) there")
    }
}
