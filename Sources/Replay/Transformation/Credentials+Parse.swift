import DeviceProtocol
import JSONScan

extension Credentials {
    /// How large a file may be, bytes.
    public static let sizeLimit = 64 << 20

    /// The columns, and members, that a device may have.
    private static let names = ["device", "access_key", "client_id", "username", "password"]

    /// Reads a file of access keys.
    ///
    /// CSV lines `device,access_key`, or with `client_id,username,password` behind it; a header may name the columns in
    /// another order. Or one JSON object from device to key, or to an object of such members.
    ///
    /// - Throws: ``CredentialsError``, also for a file that its group or others may read.
    public static func read(path: String) throws(CredentialsError) -> Credentials {
        let bytes: [UInt8]
        do {
            bytes = try InputText.read(path, limit: sizeLimit, isSecret: true)
        } catch {
            switch error {
            case .unreadable(let reason): throw .unreadable(path: path, reason: reason)
            case .notAFile: throw .notAFile(path: path)
            case .exposed(let mode): throw .exposed(path: path, mode: mode)
            case .tooLarge: throw .tooLarge(path: path)
            }
        }
        return try parse(bytes, path: path)
    }

    /// Reads access keys from the text of a file.
    static func parse(_ bytes: [UInt8], path: String) throws(CredentialsError) -> Credentials {
        var text = bytes[...]
        if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        let first = text.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        return Credentials(
            first == UInt8(ascii: "{") ? try parseJSON(Array(text), path: path) : try parseCSV(bytes, path: path))
    }

    private static func parseJSON(_ bytes: [UInt8], path: String) throws(CredentialsError) -> [DeviceID: Entry] {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes, depthLimit: 4)
        } catch {
            // Only the place: what stands there may be a key.
            throw .malformed(path: path, place: "byte \(error.offset)", reason: "no JSON")
        }
        var entries: [DeviceID: Entry] = [:]
        for member in value.members ?? [] {
            let place = "device `\(member.key)`"
            var fields = ["device": member.key]
            if let key = member.value.string {
                fields["access_key"] = key
            } else {
                guard let members = member.value.members else {
                    throw .malformed(path: path, place: place, reason: "the access key is no string")
                }
                for field in members {
                    guard names.dropFirst().contains(field.key), let text = field.value.string else {
                        throw .malformed(
                            path: path, place: place,
                            reason: "only strings \(names.dropFirst().joined(separator: ", ")) are known")
                    }
                    fields[field.key] = text
                }
            }
            try add(fields, to: &entries, path: path, place: place)
        }
        return entries
    }

    private static func parseCSV(_ bytes: [UInt8], path: String) throws(CredentialsError) -> [DeviceID: Entry] {
        var entries: [DeviceID: Entry] = [:]
        var columns: [String]?
        for (number, fields) in CSVLine.all(bytes) {
            let place = "line \(number)"
            if columns == nil, let fields, fields.contains("device"), fields.allSatisfy(names.contains),
                Set(fields).count == fields.count
            {
                columns = fields
                continue
            }
            let header = columns ?? (fields?.count == 2 ? Array(names.prefix(2)) : names)
            columns = header
            guard let fields, fields.count == header.count else {
                throw .malformed(
                    path: path, place: place,
                    reason: "`device,access_key` expected, or `\(names.joined(separator: ","))`")
            }
            try add(
                Dictionary(zip(header, fields), uniquingKeysWith: { first, _ in first }), to: &entries, path: path,
                place: place)
        }
        return entries
    }

    private static func add(
        _ fields: [String: String], to entries: inout [DeviceID: Entry], path: String, place: String
    ) throws(CredentialsError) {
        func malformed(_ reason: String) -> CredentialsError { .malformed(path: path, place: place, reason: reason) }
        func field(_ name: String, _ meaning: String) throws(CredentialsError) -> String? {
            guard let text = fields[name], !text.isEmpty else { return nil }
            guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }), text.utf8.count <= 65_535 else {
                throw malformed("the \(meaning) holds a control character or is too long for MQTT")
            }
            guard !Placeholder.matches(text) else { throw malformed("the \(meaning) is a placeholder of a recording") }
            return text
        }
        guard let device = try field("device", "device") else { throw malformed("the device is missing") }
        let entry = Entry(
            accessKey: try field("access_key", "access key"), clientID: try field("client_id", "client id"),
            username: try field("username", "user name"), password: try field("password", "password"))
        guard entry.accessKey != nil || entry.password != nil else { throw malformed("the access key is missing") }
        guard entries.updateValue(entry, forKey: DeviceID(device)) == nil else {
            throw malformed("`\(device)` stands there twice")
        }
    }
}
