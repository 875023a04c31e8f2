public import DeviceProtocol
import JSONScan
import MQTTWire

/// What the payloads of one template look like: which members they have, and where their values are.
public struct PayloadShape: Sendable {
    /// A value that the payloads do not share.
    public struct Slot: Sendable, Hashable {
        /// The keys on the way to the value, outermost first; an array on the way shows as `[]`.
        public var path: [String]
        /// Whether the slot holds all the scalars of an array.
        public var isList: Bool
    }

    /// Where the messages have the value of a property.
    enum PropertyPlace: Hashable {
        /// Nowhere.
        case none
        /// In a slot of the properties.
        case slot(Int)
        /// The properties are kept whole.
        case unknown
    }

    /// The kind of message.
    public let kind: MessageKind
    /// The slots, in the order of the payload; empty where the payload is kept whole.
    public private(set) var slots: [Slot] = []
    /// The keys of the payload's members, repeats included; nil where it is no JSON object, or not known to be one.
    public private(set) var memberKeys: [String]?
    /// Whether an object names a key twice.
    public private(set) var repeatsKeys = false
    /// The keys on the way to objects and arrays without content, which no slot stands for.
    public private(set) var emptyPaths: [[String]] = []
    /// Their correlation data (MQTT 5.0 §3.3.2.3.6).
    let correlation: PropertyPlace
    /// The first user property `device_id`, by which a device presents itself.
    let userDevice: PropertyPlace

    /// Whether columns tell the correlation data of each message; else only whole messages do.
    public var showsCorrelationData: Bool { correlation != .unknown }

    /// Whether columns tell the device by which each message's user properties present its sender, if they do.
    public var showsUserDevice: Bool { userDevice != .unknown }

    /// The slot with exactly that path; nil where there is none, or more than one.
    public func slot(_ path: [String]) -> Int? {
        let found = slots.indices.filter { slots[$0].path == path }
        return found.count == 1 ? found[0] : nil
    }

    init(_ template: Template) {
        kind = template.kind
        (correlation, userDevice) = Self.places(template.properties)
        guard !template.payload.slots.contains(.opaque) else { return }
        var text: [UInt8] = []
        var places: [Int: (slot: Int, isList: Bool)] = [:]
        for (index, slot) in template.payload.slots.enumerated() {
            text.append(contentsOf: template.payload.literals[index])
            if case .list = slot {
                places[text.count] = (index, true)
            } else {
                places[text.count] = (index, false)
            }
            text.append(UInt8(ascii: "0"))
        }
        text.append(contentsOf: template.payload.literals[template.payload.slots.count])
        read(text, places)
    }

    private static func places(
        _ properties: Template.Part
    ) -> (correlation: PropertyPlace, device: PropertyPlace) {
        // A list in which each value is the number of its slot tells which slot is meant.
        var list: [UInt8] = []
        for (index, slot) in properties.slots.enumerated() {
            list.append(contentsOf: properties.literals[index])
            switch slot {
            case .lengthPrefixed:
                let number = Array(String(index).utf8)
                list.append(contentsOf: [0, UInt8(truncatingIfNeeded: number.count)] + number)
            case .fixed(let count): list.append(contentsOf: Array(repeating: 0, count: count))
            case .scalar, .list, .opaque: return (.unknown, .unknown)
            }
        }
        list.append(contentsOf: properties.literals[properties.slots.count])
        guard let sample = try? PublishProperties(validating: list) else { return (.unknown, .unknown) }
        let device = sample.userProperties.first { $0.name.utf8.elementsEqual("device_id".utf8) }
        return (
            sample.correlationData.map { place(String(decoding: $0, as: UTF8.self)) } ?? .none,
            device.map { place($0.value) } ?? .none
        )
    }

    private static func place(_ number: String) -> PropertyPlace {
        Int(number).map(PropertyPlace.slot) ?? .unknown
    }

    private mutating func read(_ text: [UInt8], _ places: [Int: (slot: Int, isList: Bool)]) {
        var tokenizer = JSONTokenizer()
        var found = Array(repeating: Slot(path: [], isList: false), count: places.count)
        var path: [String] = []
        var keys: [Set<String>] = []
        var members: [String] = []
        var isObject = false
        var hasJustBegun = false
        let bytes = text.span
        do throws(JSONError) {
            while let token = try tokenizer.next(in: bytes) {
                let isEmpty = hasJustBegun
                hasJustBegun = token.kind == .beginObject || token.kind == .beginArray
                switch token.kind {
                case .beginObject:
                    if tokenizer.depth == 1 { isObject = true }
                    keys.append([])
                    path.append("")
                case .beginArray:
                    path.append("[]")
                    keys.append([])
                case .endObject, .endArray:
                    path.removeLast()
                    if isEmpty { emptyPaths.append(path) }
                    keys.removeLast()
                case .key:
                    let key = token.string(in: bytes)
                    if !keys[keys.count - 1].insert(key).inserted { repeatsKeys = true }
                    path[path.count - 1] = key
                    if tokenizer.depth == 1 { members.append(key) }
                default:
                    guard let place = places[token.start] else { continue }
                    // A list's only stand-in lies inside of its brackets.
                    let own = place.isList ? Array(path.dropLast()) : path
                    found[place.slot] = Slot(path: own, isList: place.isList)
                }
            }
        } catch {
            // Templates come from payloads that were JSON; one that is not tells nothing.
            return
        }
        slots = found
        memberKeys = isObject ? members : nil
    }
}
