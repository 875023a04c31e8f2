import DeviceProtocol

/// What messages of one kind have in common: their properties and payload with every value cut out.
///
/// docs/tape-format.md, "Template".
struct Template: Hashable {
    /// What stands in the place of a value.
    enum Slot: Hashable {
        /// The literal text of a JSON scalar, quotes included.
        case scalar
        /// The scalars of a JSON array without its brackets; between two of them stands the separator.
        case list(separator: [UInt8])
        /// A whole payload, or a whole property list, of no known shape.
        case opaque
        /// A property's value with its two-byte length (MQTT 5.0 §1.5.4) in front, which is not part of the value.
        case lengthPrefixed
        /// Exactly that many bytes of a property.
        case fixed(Int)
    }

    /// A stretch of bytes with slots in it.
    struct Part: Hashable {
        /// The bytes before each slot, and behind the last: one more than there are slots.
        var literals: [[UInt8]]
        var slots: [Slot]
    }

    var kind: MessageKind
    var properties: Part
    var payload: Part

    var slotCount: Int { properties.slots.count + payload.slots.count }

    subscript(slot index: Int) -> Slot {
        index < properties.slots.count ? properties.slots[index] : payload.slots[index - properties.slots.count]
    }
}

/// The bytes of a slot's kind, as they stand in a template.
enum SlotCode {
    static let scalar: UInt8 = 0
    static let list: UInt8 = 1
    static let opaque: UInt8 = 2
    static let lengthPrefixed: UInt8 = 3
    static let fixed: UInt8 = 4
}

extension Template {
    /// Reads a template from the bytes that the tape keeps of it.
    ///
    /// - Throws: ``MalformedFrame`` where they are none.
    init(_ bytes: [UInt8]) throws(MalformedFrame) {
        var reader = ByteReader(bytes)
        // A kind that a later version may know; what such a message says can still be read back whole.
        kind = MessageKind(rawValue: String(decoding: try reader.slice(), as: UTF8.self)) ?? .unknown
        properties = try Part(&reader)
        payload = try Part(&reader)
        guard reader.isAtEnd else { throw MalformedFrame(offset: reader.offset, reason: "bytes behind a template") }
        for slot in properties.slots where slot == .scalar { throw Self.misplaced(reader, slot) }
        for slot in payload.slots {
            switch slot {
            case .lengthPrefixed, .fixed: throw Self.misplaced(reader, slot)
            default: break
            }
        }
    }

    private static func misplaced(_ reader: ByteReader, _ slot: Slot) -> MalformedFrame {
        MalformedFrame(offset: reader.offset, reason: "a slot of the wrong kind (\(slot)) in a template")
    }

    /// The bytes that the tape keeps of it.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        VariableInteger.append(UInt64(kind.rawValue.utf8.count), to: &bytes)
        bytes.append(contentsOf: kind.rawValue.utf8)
        properties.append(to: &bytes)
        payload.append(to: &bytes)
        return bytes
    }
}

extension Template.Part {
    fileprivate init(_ reader: inout ByteReader) throws(MalformedFrame) {
        let count = try reader.integer()
        guard count <= UInt64(reader.bytes.count) else {
            throw MalformedFrame(offset: reader.offset, reason: "\(count) slots in a short template")
        }
        literals = []
        slots = []
        for _ in 0..<count {
            literals.append(Array(try reader.slice()))
            switch try reader.byte() {
            case SlotCode.scalar: slots.append(.scalar)
            case SlotCode.list: slots.append(.list(separator: Array(try reader.slice())))
            case SlotCode.opaque: slots.append(.opaque)
            case SlotCode.lengthPrefixed: slots.append(.lengthPrefixed)
            case SlotCode.fixed: slots.append(.fixed(Int(try reader.byte())))
            default: throw MalformedFrame(offset: reader.offset, reason: "an unknown kind of slot")
            }
        }
        literals.append(Array(try reader.slice()))
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        VariableInteger.append(UInt64(slots.count), to: &bytes)
        for (literal, slot) in zip(literals, slots) {
            VariableInteger.append(UInt64(literal.count), to: &bytes)
            bytes.append(contentsOf: literal)
            switch slot {
            case .scalar: bytes.append(SlotCode.scalar)
            case .list(let separator):
                bytes.append(SlotCode.list)
                VariableInteger.append(UInt64(separator.count), to: &bytes)
                bytes.append(contentsOf: separator)
            case .opaque: bytes.append(SlotCode.opaque)
            case .lengthPrefixed: bytes.append(SlotCode.lengthPrefixed)
            case .fixed(let count):
                bytes.append(SlotCode.fixed)
                bytes.append(UInt8(truncatingIfNeeded: count))
            }
        }
        VariableInteger.append(UInt64(literals.last?.count ?? 0), to: &bytes)
        bytes.append(contentsOf: literals.last ?? [])
    }
}
