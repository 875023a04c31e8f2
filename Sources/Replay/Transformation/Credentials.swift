public import DeviceProtocol

/// The access keys that devices present while being replayed, and how they log in where each has a connection.
///
/// Secrets are never shown: not in a description, not in an error.
public struct Credentials: Sendable, CustomStringConvertible {
    /// How a device logs in.
    public struct Login: Sendable, Hashable {
        /// The client identifier; the device id where the file has none.
        public var clientID: String
        /// The user name; the device id where the file has none.
        public var username: String
        /// The password; the access key where the file has none.
        public var password: String
    }

    /// What the file says of a device.
    struct Entry: Sendable, Hashable {
        var accessKey: String?
        var clientID: String?
        var username: String?
        var password: String?
    }

    private let entries: [DeviceID: Entry]

    init(_ entries: [DeviceID: Entry]) {
        self.entries = entries
    }

    /// The devices that the file names.
    public var devices: Set<DeviceID> { Set(entries.keys) }

    /// The key of a device.
    func key(of device: DeviceID) -> String? { entries[device]?.accessKey }

    /// The key of the first of the devices that has one.
    func key(ofFirst devices: [DeviceID]) -> String? {
        for device in devices { if let key = key(of: device) { return key } }
        return nil
    }

    /// How a device logs in on a connection of its own.
    ///
    /// - Parameter device: the id that it has on the target.
    /// - Returns: nil where the file does not name it.
    public func login(of device: DeviceID) -> Login? { login(of: device, as: device) }

    /// The login of a device that has another id on the target.
    func login(of device: DeviceID, as target: DeviceID) -> Login? {
        guard let entry = entries[device], let password = entry.password ?? entry.accessKey else { return nil }
        return Login(
            clientID: entry.clientID ?? target.text, username: entry.username ?? target.text, password: password)
    }

    /// How many keys there are.
    public var description: String { "\(entries.count) access keys" }

    /// Looks for keys of devices that the tape does not know: a file for a whole fleet has them, one for another fleet
    /// has no others.
    ///
    /// - Parameters:
    ///   - known: the devices of the tape.
    ///   - transformation: what may give them other ids.
    ///   - path: the file that the keys came from, for the error.
    /// - Returns: the devices, in order.
    /// - Throws: ``CredentialsError/unknownDevices(path:devices:)`` where the tape knows none.
    public func absent(
        against known: Set<DeviceID>, _ transformation: Transformation = Transformation(), path: String
    ) throws(CredentialsError) -> [DeviceID] {
        var unknown = devices.subtracting(known)
        for device in known where !unknown.isEmpty {
            for copy in 0..<transformation.fanOut.copies {
                unknown.remove(FanOut.id(of: transformation.devices.target(of: device), copy: copy))
            }
        }
        let absent = unknown.sorted()
        guard absent.isEmpty || absent.count < devices.count else {
            throw .unknownDevices(path: path, devices: absent)
        }
        return absent
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
    /// No device of the tape, but these.
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
            return "--credentials: \(path) has keys of devices only that are not on the tape: \(named)\(more); "
                + "see `tapedeck query devices`"
        }
    }
}
