public import DeviceProtocol

/// Which devices speak as which others.
public struct DeviceMapping: Sendable {
    /// From recorded to new id.
    public private(set) var targets: [DeviceID: DeviceID] = [:]
    private var sources: [DeviceID: DeviceID] = [:]
    private var origins: [DeviceID: String] = [:]
    /// Recorded ids that a file names, which may be one for a whole fleet.
    private var filed: Set<DeviceID> = []

    /// Every device speaks as itself.
    public init() {}

    /// Whether every device speaks as itself.
    public var isEmpty: Bool { targets.isEmpty }

    /// The new id of a device.
    public func target(of device: DeviceID) -> DeviceID { targets[device] ?? device }

    /// The recorded id of a device that has another one; nil where there is none.
    func source(of target: DeviceID) -> DeviceID? { sources[target] }

    /// Adds `A=B`.
    ///
    /// - Parameter argument: the value of `--map-device`.
    /// - Throws: ``DeviceMappingError`` when it is not that, or contradicts what was added before.
    public mutating func add(argument: String) throws(DeviceMappingError) {
        let origin = "--map-device \(argument)"
        let parts = argument.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            let way = parts.count > 2 ? "; ids with `=` go into a file: --device-map" : ""
            throw .malformed(origin: origin, reason: "`A=B` expected, recorded id and new id\(way)")
        }
        try add(
            from: DeviceID(String(decoding: parts[0], as: UTF8.self)),
            to: DeviceID(String(decoding: parts[1], as: UTF8.self)), origin: origin)
    }

    /// Adds the pairs of a CSV text.
    ///
    /// - Parameters:
    ///   - bytes: lines `from,to`; the first may be a header that says just that.
    ///   - path: where it comes from, for errors.
    /// - Throws: ``DeviceMappingError`` that names the line.
    public mutating func add(csv bytes: [UInt8], path: String) throws(DeviceMappingError) {
        var isFirst = true
        for (number, fields) in CSVLine.all(bytes) {
            let origin = "--device-map \(path), line \(number)"
            guard let fields, fields.count == 2, !fields[0].isEmpty, !fields[1].isEmpty else {
                throw .malformed(origin: origin, reason: "`from,to` expected, recorded id and new id")
            }
            defer { isFirst = false }
            if isFirst, fields[0] == "from", fields[1] == "to" { continue }
            try add(from: DeviceID(fields[0]), to: DeviceID(fields[1]), origin: origin)
            filed.insert(DeviceID(fields[0]))
        }
    }

    /// Adds one pair; `origin` is named in errors.
    mutating func add(from source: DeviceID, to target: DeviceID, origin: String) throws(DeviceMappingError) {
        if let byte = target.text.utf8.first(where: Self.isForbidden) {
            let name = byte < 0x20 || byte == 0x7f ? "a control character" : "`\(Unicode.Scalar(byte))`"
            throw .malformed(
                origin: origin, reason: "the new id holds \(name), which cannot stand in a topic or in JSON as it is")
        }
        if let known = targets[source], known != target {
            throw .contradiction(origin: origin, source: source, before: origins[source] ?? "")
        }
        if let other = sources[target], other != source {
            throw .clash(origin: origin, target: target, before: origins[other] ?? "")
        }
        targets[source] = target
        sources[target] = source
        origins[source] = origin
    }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, 0x7f, UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "\""),
            UInt8(ascii: "\\"):
            true
        default: false
        }
    }

    /// Refuses that two devices come to speak as one, because the new id of one is that of another which keeps it.
    ///
    /// - Parameter devices: the devices that are replayed.
    /// - Throws: ``DeviceMappingError/taken(origin:target:)``.
    public func check(replaying devices: Set<DeviceID>) throws(DeviceMappingError) {
        for (source, target) in targets.sorted(by: { $0.key < $1.key })
        where devices.contains(target) && targets[target] == nil && source != target {
            throw .taken(origin: origins[source] ?? "", target: target)
        }
    }

    /// Looks for recorded ids that occur nowhere: of arguments they are most often typing errors, and so is a file
    /// that has no others.
    ///
    /// - Parameters:
    ///   - known: the devices of the tape.
    ///   - seen: recorded ids that were found in messages.
    /// - Returns: those that files name, in order.
    /// - Throws: ``DeviceMappingError/unknown(origin:source:similar:)``.
    public func absent(known: Set<DeviceID>, seen: Set<DeviceID>) throws(DeviceMappingError) -> [DeviceID] {
        let absent = targets.keys.filter { !known.contains($0) && !seen.contains($0) }.sorted()
        let isFileOfAnotherFleet = filed.isSubset(of: absent)
        if let source = absent.first(where: { isFileOfAnotherFleet || !filed.contains($0) }) {
            throw .unknown(
                origin: origins[source] ?? "", source: source, similar: SimilarText.nearest(source, among: known))
        }
        return absent
    }
}

/// Why devices cannot be mapped.
public enum DeviceMappingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The operating system refused the file; the reason is its own.
    case unreadable(path: String, reason: String)
    /// No pair of ids.
    case malformed(origin: String, reason: String)
    /// One device shall be two.
    case contradiction(origin: String, source: DeviceID, before: String)
    /// Two devices shall be one.
    case clash(origin: String, target: DeviceID, before: String)
    /// The new id is that of a device that is replayed as itself.
    case taken(origin: String, target: DeviceID)
    /// The recorded id is nowhere on the tape.
    case unknown(origin: String, source: DeviceID, similar: [DeviceID])
    /// The derived id of a copy is that of another device.
    case copyIsDevice(device: DeviceID, copies: Int, copy: DeviceID)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): return "--device-map: cannot read \(path): \(reason)"
        case .malformed(let origin, let reason): return "\(origin): \(reason)"
        case .contradiction(let origin, let source, let before):
            return "\(origin): \(source) has another new id already (\(before)); for several use --fan-out"
        case .clash(let origin, let target, let before):
            return "\(origin): two devices would speak as \(target) (see \(before)); give each an id of its own"
        case .taken(let origin, let target):
            return "\(origin): \(target) is on the tape itself, and two devices would speak as one; "
                + "map it too, or leave it out (--exclude-device)"
        case .unknown(let origin, let source, let similar):
            let names = similar.map(\.text).joined(separator: ", ")
            return "\(origin): \(source) is not on the tape"
                + (similar.isEmpty ? "; see `tapedeck query devices`" : "; did you mean \(names)?")
        case .copyIsDevice(let device, let copies, let copy):
            return "--fan-out \(copies): a copy of \(device) would be \(copy), which is a device of the tape; "
                + "give it another id with --map-device"
        }
    }
}
