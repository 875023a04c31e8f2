public import DeviceProtocol

/// Which device of the base is which device of the candidate.
public struct DeviceMap: Sendable {
    private var targets: [DeviceID: DeviceID] = [:]
    private var sources: [DeviceID: DeviceID] = [:]

    /// Maps each device to itself.
    public init() {}

    /// Whether each device is itself.
    public var isEmpty: Bool { targets.isEmpty }

    /// Adds a pair.
    ///
    /// - Throws: ``DeviceMapClash`` where one of both has another partner already.
    public mutating func add(_ base: DeviceID, _ candidate: DeviceID) throws(DeviceMapClash) {
        if let other = targets[base], other != candidate {
            throw DeviceMapClash(device: base, first: other, second: candidate, isBase: true)
        }
        if let other = sources[candidate], other != base {
            throw DeviceMapClash(device: candidate, first: other, second: base, isBase: false)
        }
        targets[base] = candidate
        sources[candidate] = base
    }

    /// The id on the candidate of a device of the base.
    public func candidate(of base: DeviceID) -> DeviceID { targets[base] ?? base }

    /// The id on the base of a device of the candidate.
    public func base(of candidate: DeviceID) -> DeviceID { sources[candidate] ?? candidate }

    /// A text of the base as the candidate would have it: ids that are whole tokens of it are replaced.
    func translated(_ text: String) -> String {
        if targets.isEmpty { return text }
        if let target = targets[DeviceID(text)] { return target.text }
        guard text.utf8.contains(where: Self.isSeparator) else { return text }
        var result = ""
        var token = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, Self.isSeparator(UInt8(truncatingIfNeeded: scalar.value)) {
                result += targets[DeviceID(token)]?.text ?? token
                result.unicodeScalars.append(scalar)
                token = ""
            } else {
                token.unicodeScalars.append(scalar)
            }
        }
        return result + (targets[DeviceID(token)]?.text ?? token)
    }

    /// What stands between the tokens of topics, URLs, lists and JSON in text.
    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "="),
            UInt8(ascii: "&"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "|"):
            true
        default: false
        }
    }
}

/// Two devices claim one partner.
public struct DeviceMapClash: Error, Hashable, CustomStringConvertible {
    /// The device that has two partners.
    public var device: DeviceID
    /// The one it had.
    public var first: DeviceID
    /// The one that came on top.
    public var second: DeviceID
    /// Whether it is a device of the base.
    public var isBase: Bool

    /// One sentence for a person.
    public var description: String {
        isBase
            ? "the base's device \(device.text) is mapped twice, to \(first.text) and to \(second.text)"
            : "two devices of the base are mapped to \(device.text): \(first.text) and \(second.text)"
    }
}
