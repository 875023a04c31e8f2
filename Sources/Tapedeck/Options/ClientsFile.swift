import Replay

/// A CSV file (RFC 4180) of MQTT clients, one a line, under a header that names its columns.
struct ClientsFile {
    /// A client as it is written.
    struct Line {
        /// From 1.
        var number: Int
        var broker: String?
        var username: String?
        var password: String?
        var clientID: String?
        /// Topic filters, separated by spaces in the file.
        var topics: [String]
        var certificate: String?
        var key: String?
    }

    private(set) var lines: [Line] = []

    private static let columns = ["broker", "username", "password", "client_id", "topic", "cert", "key"]
    /// Clients of one recording: each has a connection, its buffers, and at first another one for retained messages.
    private static let limit = 500
    private static let sizeLimit = 1 << 20

    /// Reads a file.
    ///
    /// - Throws: ``ClientsFileError``, also for a file that its group or others may read.
    init(path: String) throws(ClientsFileError) {
        let bytes: [UInt8]
        do {
            bytes = try InputText.read(path, limit: Self.sizeLimit, isSecret: true)
        } catch {
            switch error {
            case .unreadable(let reason): throw .unreadable(path: path, reason: reason)
            case .notAFile: throw .unreadable(path: path, reason: "it is no plain file")
            case .tooLarge: throw .unreadable(path: path, reason: "it is larger than 1 MiB")
            case .exposed: throw .exposed(path: path)
            }
        }
        try self.init(bytes, path: path)
    }

    /// Reads the text of a file.
    init(_ bytes: [UInt8], path: String) throws(ClientsFileError) {
        let lines = CSVLine.all(Self.withoutComments(bytes))
        guard let head = lines.first, let header = head.fields else {
            throw .malformed(path: path, line: 1, reason: "there is no header; it names some of \(Self.names)")
        }
        for (index, name) in header.enumerated() {
            // What it says is not repeated: without a header it may be a password.
            guard Self.columns.contains(name) else {
                throw .malformed(
                    path: path, line: head.number,
                    reason: "the header's column \(index + 1) is none of \(Self.names)")
            }
            guard header.firstIndex(of: name) == index else {
                throw .malformed(path: path, line: head.number, reason: "the header has `\(name)` twice")
            }
        }
        var seen: [[[UInt8]?]: Int] = [:]
        for line in lines.dropFirst() {
            guard self.lines.count < Self.limit else {
                throw .malformed(
                    path: path, line: line.number,
                    reason: "there are more than \(Self.limit) clients; record the others onto another tape")
            }
            guard let fields = line.fields, fields.count <= header.count else {
                throw .malformed(
                    path: path, line: line.number, reason: "it does not have the \(header.count) fields of the header")
            }
            func field(_ name: String) -> String? {
                guard let index = header.firstIndex(of: name), index < fields.count, !fields[index].isEmpty else {
                    return nil
                }
                return fields[index]
            }
            let client = Line(
                number: line.number, broker: field("broker"), username: field("username"), password: field("password"),
                clientID: field("client_id"),
                topics: field("topic")?.split(separator: " ").map(String.init) ?? [], certificate: field("cert"),
                key: field("key"))
            guard (client.certificate == nil) == (client.key == nil) else {
                throw .malformed(path: path, line: line.number, reason: "cert and key belong together")
            }
            // By bytes: names that are canonically equal are two names.
            let name = [client.broker, client.username, client.clientID].map { $0.map { Array($0.utf8) } }
            if let twin = seen.updateValue(line.number, forKey: name) {
                throw .malformed(
                    path: path, line: line.number,
                    reason: "line \(twin) has the same broker and user; a second client of it needs a client_id")
            }
            self.lines.append(client)
        }
        guard !self.lines.isEmpty else {
            throw .malformed(path: path, line: head.number, reason: "no client follows the header")
        }
    }

    /// The same with lines that begin with `#` empty, so that the numbers of the others stay.
    private static func withoutComments(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let kept = lines.map { $0.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "#") ? [] : $0 }
        return Array(kept.joined(separator: [UInt8(ascii: "\n")]))
    }

    private static var names: String { columns.joined(separator: ", ") }

    /// What tells the id of a broker's client from those of the others: host and port.
    static func label(broker: String) -> String {
        let place = broker.split(separator: "://", maxSplits: 1).last.map(String.init) ?? broker
        return label(place.replacing(":", with: "-"))
    }

    /// What tells a client's id from those of the others: letters, digits and `-_.` of a text, and where that left
    /// something out a number made of all of it.
    static func label(_ text: String) -> String {
        let isPlain = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        let plain = text.utf8.filter(isPlain).prefix(40)
        let label = String(decoding: plain, as: UTF8.self)
        guard plain.count < text.utf8.count else { return label }
        // FNV-1a: the same on every machine and in every year, which Swift's hashes are not.
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return label + "-" + String(hash, radix: 36)
    }
}

/// Why a file of clients cannot be used.
enum ClientsFileError: Error, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case exposed(path: String)
    case malformed(path: String, line: Int, reason: String)

    var description: String {
        switch self {
        case .unreadable(let path, let reason): "--clients \(path): \(reason)"
        case .exposed(let path): "--clients \(path): others can read the passwords in it: chmod 600 \(path)"
        case .malformed(let path, let line, let reason): "--clients \(path), line \(line): \(reason)"
        }
    }
}
