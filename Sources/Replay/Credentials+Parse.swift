import DeviceProtocol
import Glibc
import JSONScan

extension Credentials {
    /// How large a file may be, bytes.
    public static let sizeLimit = 64 << 20

    /// Reads a file of access keys: CSV lines `device,access_key` (a header is allowed), or one JSON object from device
    /// to key.
    ///
    /// - Throws: ``CredentialsError``, also for a file that its group or others may read.
    public static func read(path: String) throws(CredentialsError) -> Credentials {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        // Asked of the open file and not of the name, which could come to mean another file in between.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_mode & 0o077 == 0 else { throw .exposed(path: path, mode: status.st_mode & 0o7777) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
            if count == 0 { break }
            guard bytes.count + count <= sizeLimit else { throw .tooLarge(path: path) }
            bytes.append(contentsOf: chunk[..<count])
        }
        return try parse(bytes, path: path)
    }

    /// Reads access keys from the text of a file.
    static func parse(_ bytes: [UInt8], path: String) throws(CredentialsError) -> Credentials {
        var text = bytes[...]
        // A byte order mark is what some spreadsheets put in front.
        if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        let first = text.first { !isSpace($0) && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return Credentials(
            first == UInt8(ascii: "{") ? try parseJSON(Array(text), path: path) : try parseCSV(text, path: path))
    }

    private static func parseJSON(_ bytes: [UInt8], path: String) throws(CredentialsError) -> [DeviceID: String] {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes, depthLimit: 4)
        } catch {
            // Only the place: what stands there may be a key.
            throw .malformed(path: path, place: "byte \(error.offset)", reason: "no JSON")
        }
        var keys: [DeviceID: String] = [:]
        for member in value.members ?? [] {
            let place = "device `\(member.key)`"
            guard let key = member.value.string else {
                throw .malformed(path: path, place: place, reason: "the access key is no string")
            }
            try add(key, of: member.key, to: &keys, path: path, place: place)
        }
        return keys
    }

    private static func parseCSV(_ text: ArraySlice<UInt8>, path: String) throws(CredentialsError) -> [DeviceID: String]
    {
        var keys: [DeviceID: String] = [:]
        let lines = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
        for (index, line) in lines.enumerated() {
            let place = "line \(index + 1)"
            let line = trimmed(line)
            guard !line.isEmpty else { continue }
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(unquoted)
            guard fields.count == 2, let device = fields[0], let key = fields[1] else {
                throw .malformed(path: path, place: place, reason: "`device,access_key` expected")
            }
            if keys.isEmpty, device == "device", key == "access_key" { continue }
            try add(key, of: device, to: &keys, path: path, place: place)
        }
        return keys
    }

    private static func add(
        _ key: String, of device: String, to keys: inout [DeviceID: String], path: String, place: String
    ) throws(CredentialsError) {
        func malformed(_ reason: String) -> CredentialsError { .malformed(path: path, place: place, reason: reason) }
        guard !device.isEmpty else { throw malformed("the device is missing") }
        guard !key.isEmpty else { throw malformed("the access key is missing") }
        guard !key.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }), key.utf8.count <= 65_535 else {
            throw malformed("the access key holds a control character or is too long for MQTT")
        }
        guard !Placeholder.matches(key) else { throw malformed("the access key is a placeholder of a recording") }
        guard keys.updateValue(key, forKey: DeviceID(device)) == nil else {
            throw malformed("`\(device)` stands there twice")
        }
    }

    /// The text of a field, without spaces around it and without quotes; nil where it is none.
    private static func unquoted(_ field: ArraySlice<UInt8>) -> String? {
        var field = trimmed(field)
        let quote = UInt8(ascii: "\"")
        if field.first == quote {
            guard field.count >= 2, field.last == quote else { return nil }
            field = field.dropFirst().dropLast()
        }
        guard !field.contains(quote) else { return nil }
        return String(validating: field, as: UTF8.self)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) || last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
        return bytes
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
