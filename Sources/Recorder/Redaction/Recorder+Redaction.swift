public import JSONScan
import Tape

/// What the session's record says of redaction.
extension Recorder {
    /// Adds to the sessions' options how many values were replaced, by the kind of place.
    func noteRedactions() throws(RecorderError) {
        for client in clients where client.redacted.total > 0 {
            guard let place = client.place else { continue }
            let counts = client.redacted
            try onTape { () throws(TapeError) in
                try writer.updateSession(at: place) { $0.options = counts.added(to: $0.options) }
            }
        }
    }
}

extension RedactionRules {
    /// Writes the rules as members of an object; nothing where there are none.
    public func write(to writer: inout JSONWriter) {
        for (name, texts) in [("redact_keys", names), ("redact_pointers", pointers)] where !texts.isEmpty {
            writer.key(name)
            writer.beginArray()
            for text in texts { writer.string(text) }
            writer.endArray()
        }
    }
}

extension RedactionCounts {
    /// The numbers that a session's options hold; none where it holds none.
    public init(options: String) {
        self.init()
        guard let members = (try? JSONValue.parse(Array(options.utf8)))?.members,
            let numbers = members.first(where: { $0.key == "redacted" })?.value.members
        else { return }
        for place in Place.allCases {
            guard case .number(let number)? = numbers.first(where: { $0.key == place.rawValue })?.value else {
                continue
            }
            self[place] = number.int64 ?? 0
        }
    }

    /// A session's options with these numbers as the member `redacted`; what is no JSON object stays as it is.
    public func added(to options: String) -> String {
        guard var members = (try? JSONValue.parse(Array(options.utf8)))?.members else { return options }
        let numbers = Place.allCases.filter { self[$0] > 0 }.map { place in
            JSONMember(place.rawValue, .number(JSONNumber(self[place])))
        }
        members.removeAll { $0.key == "redacted" }
        members.append(JSONMember("redacted", .object(numbers)))
        var bytes: [UInt8] = []
        JSONValue.object(members).appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The numbers for a person: `12 user properties, 3 members of payloads`.
    public var summary: String {
        let texts: [String] = Place.allCases.compactMap { place in
            let count = self[place]
            guard count > 0 else { return nil }
            let isOne = count == 1
            return switch place {
            case .properties: "\(count) user \(isOne ? "property" : "properties")"
            case .members: "\(count) \(isOne ? "member" : "members") of payloads"
            case .addresses: "\(count) \(isOne ? "part" : "parts") of addresses"
            case .literals: "\(count) \(isOne ? "copy" : "copies") elsewhere"
            }
        }
        return texts.joined(separator: ", ")
    }
}
