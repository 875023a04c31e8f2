public import DeviceProtocol

/// The access keys that devices present while being replayed.
///
/// Keys are never shown: not in a description, not in an error.
public struct Credentials: Sendable, CustomStringConvertible {
    private let keys: [DeviceID: String]

    init(_ keys: [DeviceID: String]) {
        self.keys = keys
    }

    /// The devices that have a key.
    public var devices: Set<DeviceID> { Set(keys.keys) }

    /// The key of a device.
    func key(of device: DeviceID) -> String? { keys[device] }

    /// How many keys there are.
    public var description: String { "\(keys.count) access keys" }

    /// Refuses keys of devices that the tape does not know, which are most often typing errors.
    ///
    /// - Parameters:
    ///   - known: the devices of the tape.
    ///   - path: the file that the keys came from, for the error.
    /// - Throws: ``CredentialsError/unknownDevices(path:devices:)``.
    public func check(against known: Set<DeviceID>, path: String) throws(CredentialsError) {
        let unknown = devices.subtracting(known).sorted()
        guard unknown.isEmpty else { throw .unknownDevices(path: path, devices: unknown) }
    }
}

/// Why a file of access keys cannot be used.
public enum CredentialsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The operating system refused; the reason is its own.
    case unreadable(path: String, reason: String)
    /// No plain file.
    case notAFile(path: String)
    /// Others than its owner may read or write it.
    case exposed(path: String, mode: UInt32)
    /// More than ``Credentials/sizeLimit`` bytes.
    case tooLarge(path: String)
    /// Neither of the two formats; `place` is a line or byte.
    case malformed(path: String, place: String, reason: String)
    /// Devices that are not on the tape.
    case unknownDevices(path: String, devices: [DeviceID])

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): return "--credentials: cannot read \(path): \(reason)"
        case .notAFile(let path): return "--credentials: \(path) is no plain file"
        case .exposed(let path, let mode):
            return "--credentials: \(path) may be read by others (mode \(String(mode, radix: 8))): `chmod 600` it first"
        case .tooLarge(let path): return "--credentials: \(path) is larger than \(Credentials.sizeLimit >> 20) MiB"
        case .malformed(let path, let place, let reason): return "--credentials: \(path), \(place): \(reason)"
        case .unknownDevices(let path, let devices):
            let named = devices.prefix(3).map(\.text).joined(separator: ", ")
            let more = devices.count > 3 ? " and \(devices.count - 3) more" : ""
            return "--credentials: \(path) has keys of devices that are not on the tape: \(named)\(more); "
                + "check the spelling, or take them out"
        }
    }
}
