import DeviceProtocol
import JSONScan
import MQTTWire

/// Cuts messages into template and values.
///
/// The template is written as the bytes that the tape keeps of it (``Template/bytes``), so that looking one up is a
/// comparison of bytes.
struct ShapeScanner {
    /// The bytes of the message's template.
    private(set) var template: [UInt8] = []
    /// The values of all messages, slot by slot; of a list slot, the stretch of ``elements``.
    private(set) var values: [ByteRange] = []
    /// The scalars of list slots.
    private(set) var elements: [ByteRange] = []

    /// How the message that was scanned last lies there, if others may be cut after its pattern.
    private(set) var pattern: Pattern?

    private var cuts: [Cut] = []

    /// A payload with more slots than this, or longer than this many bytes, is not taken apart.
    static let slotLimit = 1_024
    static let sizeLimit = 1 << 16

    /// A stretch of the payload that a slot takes the place of.
    private struct Cut {
        var start: Int
        var end: Int
        /// Nil for a scalar; the separator's place for a list.
        var separator: Separator?
        /// Stretch of `elements` of a list.
        var firstElement = 0
        var elementCount = 0
    }

    /// A list's separator: a place in the payload, or, where the list shows none, the one to be expected.
    private enum Separator {
        case shown(Range<Int>)
        case comma
        case commaAndSpace
        case commaAnd(Range<Int>)
    }

    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
    }

    /// Scans a message; its template is in ``template`` afterwards, its values are the last of ``values``.
    ///
    /// - Parameters:
    ///   - row: the message.
    ///   - kind: the kind of its topic.
    ///   - bytes: the block's arena.
    ///   - opaque: whether properties and payload are to be kept whole.
    mutating func scan(_ row: MessageBlock.Row, kind: MessageKind, in bytes: Span<UInt8>, opaque: Bool = false) {
        template.removeAll(keepingCapacity: true)
        append(text: kind.rawValue)
        let firstValue = values.count
        let elementsBefore = elements.count
        let isListed = !opaque && appendProperties(row.properties, in: bytes)
        if !isListed { appendOpaque(row.properties) }
        let propertyCount = values.count - firstValue
        let isParsed = !opaque && appendPayload(row.payload, in: bytes)
        if !isParsed { appendOpaque(row.payload) }
        pattern = nil
        guard isListed, isParsed, elements.count == elementsBefore, !hasLists else { return }
        pattern = Pattern(
            properties: row.properties, payload: row.payload, firstValue: firstValue, propertyCount: propertyCount,
            count: values.count - firstValue)
    }

    /// Whether a list, be it an empty one, was cut out of the payload that was scanned last.
    private var hasLists: Bool { cuts.contains { $0.separator != nil } }

    mutating func append(value: ByteRange) { values.append(value) }

    mutating func removeValues(from first: Int) { values.removeSubrange(first...) }

    // MARK: Writing the template

    private mutating func append(text: String) {
        VariableInteger.append(UInt64(text.utf8.count), to: &template)
        template.append(contentsOf: text.utf8)
    }

    private mutating func append(literal: Span<UInt8>) {
        VariableInteger.append(UInt64(literal.count), to: &template)
        template.append(literal)
    }

    private mutating func appendOpaque(_ value: ByteRange) {
        template.append(1)
        template.append(0)
        template.append(SlotCode.opaque)
        template.append(0)
        values.append(value)
    }

    // MARK: Properties

    /// False where the bytes are no list of PUBLISH properties (MQTT 5.0 §3.3.2.3); then nothing was written.
    private mutating func appendProperties(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
        if range.count == 0 {
            template.append(0)
            template.append(0)
            return true
        }
        let before = values.count
        let templateStart = template.count
        cuts.removeAll(keepingCapacity: true)
        guard let end = cutProperties(range, in: bytes), cuts.count <= Self.slotLimit else {
            values.removeSubrange(before...)
            return false
        }
        VariableInteger.append(UInt64(cuts.count), to: &template)
        var literalStart = Int(range.start)
        for cut in cuts {
            let isPrefixed = cut.separator != nil
            append(literal: bytes.extracting(literalStart..<(isPrefixed ? cut.start - 2 : cut.start)))
            if isPrefixed {
                template.append(SlotCode.lengthPrefixed)
            } else {
                template.append(SlotCode.fixed)
                template.append(UInt8(truncatingIfNeeded: cut.end - cut.start))
            }
            values.append(ByteRange(start: cut.start, count: cut.end - cut.start))
            literalStart = cut.end
        }
        append(literal: bytes.extracting(literalStart..<end))
        if template.count - templateStart > Self.sizeLimit {
            template.removeSubrange(templateStart...)
            values.removeSubrange(before...)
            return false
        }
        return true
    }

    /// Finds the values of a property list; a cut with a separator stands for one with a length in front.
    private mutating func cutProperties(_ range: ByteRange, in bytes: Span<UInt8>) -> Int? {
        var offset = Int(range.start)
        let end = offset + Int(range.count)
        func prefixed(at offset: Int) -> Range<Int>? {
            guard offset + 2 <= end else { return nil }
            let count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
            return offset + 2 + count <= end ? offset + 2..<offset + 2 + count : nil
        }
        while offset < end {
            let identifier = bytes[offset]
            offset += 1
            switch identifier {
            case PublishProperty.Identifier.payloadFormatIndicator:
                offset += 1
            case PublishProperty.Identifier.messageExpiryInterval:
                guard offset + 4 <= end else { return nil }
                cuts.append(Cut(start: offset, end: offset + 4))
                offset += 4
            case PublishProperty.Identifier.topicAlias:
                offset += 2
            case PublishProperty.Identifier.userProperty, PublishProperty.Identifier.responseTopic,
                PublishProperty.Identifier.contentType, PublishProperty.Identifier.correlationData:
                if identifier == PublishProperty.Identifier.userProperty {
                    guard let name = prefixed(at: offset) else { return nil }
                    offset = name.upperBound
                }
                guard let value = prefixed(at: offset) else { return nil }
                cuts.append(Cut(start: value.lowerBound, end: value.upperBound, separator: .comma))
                offset = value.upperBound
            case PublishProperty.Identifier.subscriptionIdentifier:
                while offset < end, bytes[offset] & 0x80 != 0 { offset += 1 }
                offset += 1
            default:
                return nil
            }
        }
        return offset == end ? end : nil
    }

    // MARK: Payload

    /// False where the payload is no JSON or too large to be taken apart; then nothing was written.
    private mutating func appendPayload(_ range: ByteRange, in bytes: Span<UInt8>) -> Bool {
        guard range.count > 0, range.count <= Self.sizeLimit else { return false }
        let elementsBefore = elements.count
        cuts.removeAll(keepingCapacity: true)
        let payload = bytes.extracting(range.range)
        guard cutScalars(payload, base: Int(range.start)), cuts.count <= Self.slotLimit else {
            elements.removeSubrange(elementsBefore...)
            return false
        }
        let base = Int(range.start)
        VariableInteger.append(UInt64(cuts.count), to: &template)
        var literalStart = 0
        for cut in cuts {
            append(literal: payload.extracting(literalStart..<cut.start))
            literalStart = cut.end
            guard let separator = cut.separator else {
                template.append(SlotCode.scalar)
                values.append(ByteRange(start: base + cut.start, count: cut.end - cut.start))
                continue
            }
            template.append(SlotCode.list)
            append(separator, in: payload)
            values.append(ByteRange(start: cut.firstElement, count: cut.elementCount))
        }
        append(literal: payload.extracting(literalStart..<payload.count))
        return true
    }

    private mutating func append(_ separator: Separator, in payload: Span<UInt8>) {
        switch separator {
        case .shown(let range): append(literal: payload.extracting(range))
        case .comma: append(text: ",")
        case .commaAndSpace: append(text: ", ")
        case .commaAnd(let range):
            VariableInteger.append(UInt64(range.count + 1), to: &template)
            template.append(UInt8(ascii: ","))
            template.append(payload.extracting(range))
        }
    }

    /// Finds the scalars of a JSON text, and those of its arrays as one cut where they lie evenly.
    private mutating func cutScalars(_ payload: Span<UInt8>, base: Int) -> Bool {
        var tokenizer = JSONTokenizer()
        // The array that was opened last, as long as it holds nothing but scalars.
        var array: (open: Int, firstCut: Int)?
        do throws(JSONError) {
            while let token = try tokenizer.next(in: payload) {
                switch token.kind {
                case .key: break
                case .beginObject, .endObject: array = nil
                case .beginArray: array = (token.start, cuts.count)
                case .endArray:
                    if let begun = array {
                        collapse(from: begun.firstCut, open: begun.open, close: token.start, payload, base)
                    }
                    array = nil
                default:
                    let literal = token.literalRange
                    cuts.append(Cut(start: literal.lowerBound, end: literal.upperBound))
                    if cuts.count > Self.slotLimit * 4 { return false }
                }
            }
        } catch {
            return false
        }
        return true
    }

    /// Makes one cut of the elements of an array, if the same bytes stand between all of them.
    private mutating func collapse(from first: Int, open: Int, close: Int, _ payload: Span<UInt8>, _ base: Int) {
        let count = cuts.count - first
        let start = count > 0 ? cuts[first].start : close
        let end = count > 0 ? cuts[cuts.count - 1].end : close
        let separator: Separator
        if count > 1 {
            let shown = cuts[first].end..<cuts[first + 1].start
            for index in first + 1..<cuts.count - 1 {
                let next = cuts[index].end..<cuts[index + 1].start
                guard payload.extracting(next).equals(payload.extracting(shown)) else { return }
            }
            separator = .shown(shown)
        } else if start > open + 1 {
            separator = .commaAnd(open + 1..<start)
        } else {
            separator = Self.expected(before: open, in: payload)
        }
        let firstElement = elements.count
        for cut in cuts[first...] {
            elements.append(ByteRange(start: base + cut.start, count: cut.end - cut.start))
        }
        cuts.removeSubrange(first...)
        cuts.append(
            Cut(start: start, end: end, separator: separator, firstElement: firstElement, elementCount: count))
    }

    /// How the elements of a list without separator would be separated, judged by the comma before it.
    private static func expected(before open: Int, in payload: Span<UInt8>) -> Separator {
        var index = open - 1
        while index >= 0, open - index < 256 {
            if payload[index] == UInt8(ascii: ",") {
                return payload[index + 1] == UInt8(ascii: " ") ? .commaAndSpace : .comma
            }
            index -= 1
        }
        return .comma
    }
}
