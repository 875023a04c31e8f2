import SQLite

/// Finds topics, templates and strings of the tape by number.
protocol DictionaryReader: AnyObject {
    /// - Throws: ``SegmentDamage`` where the tape has no such string; so the others.
    func string(_ number: Int64) throws(SegmentDamage) -> [UInt8]
    func template(_ number: Int64) throws(SegmentDamage) -> Template
    func topic(_ number: Int64) throws(SegmentDamage) -> String
}

/// The dictionary as the sealer holds it, entries that the tape does not have yet included.
final class HeldDictionary: DictionaryReader {
    private let dictionary: TapeDictionary

    init(_ dictionary: TapeDictionary) {
        self.dictionary = dictionary
    }

    func string(_ number: Int64) throws(SegmentDamage) -> [UInt8] {
        guard let bytes = dictionary.strings.bytes(number) else { throw .missing("string", number) }
        return bytes
    }

    func template(_ number: Int64) throws(SegmentDamage) -> Template {
        guard let bytes = dictionary.templates.bytes(number) else { throw .missing("template", number) }
        do { return try Template(bytes) } catch { throw SegmentDamage(error) }
    }

    func topic(_ number: Int64) throws(SegmentDamage) -> String {
        guard let bytes = dictionary.topics.bytes(number) else { throw .missing("topic", number) }
        guard let topic = String(validating: bytes, as: UTF8.self) else { throw SegmentDamage("a topic not in UTF-8") }
        return topic
    }
}

/// The dictionary as it stands on the tape; what was looked up is remembered, within bounds.
final class StoredDictionary: DictionaryReader {
    private var stringRows: Statement
    private var templateRows: Statement
    private var topicRows: Statement
    private var strings: [Int64: [UInt8]] = [:]
    private var stringSize = 0
    private var templates: [Int64: Template] = [:]
    private var topics: [Int64: String] = [:]

    /// Bytes of strings, and numbers of templates and topics, that are remembered at most.
    private static let stringLimit = 8 << 20
    private static let countLimit = 1 << 14

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        stringRows = try connection.prepare("SELECT body, crc FROM string WHERE id = ?")
        templateRows = try connection.prepare("SELECT body, crc FROM template WHERE id = ?")
        topicRows = try connection.prepare("SELECT name, crc FROM topic WHERE id = ?")
    }

    func string(_ number: Int64) throws(SegmentDamage) -> [UInt8] {
        if let known = strings[number] { return known }
        guard let bytes = try Self.lookUp(number, &stringRows) else { throw .missing("string", number) }
        if stringSize > Self.stringLimit || strings.count > Self.countLimit * 4 {
            strings.removeAll()
            stringSize = 0
        }
        strings[number] = bytes
        stringSize += bytes.count
        return bytes
    }

    func template(_ number: Int64) throws(SegmentDamage) -> Template {
        if let known = templates[number] { return known }
        guard let bytes = try Self.lookUp(number, &templateRows) else {
            throw .missing("template", number)
        }
        let template: Template
        do { template = try Template(bytes) } catch { throw SegmentDamage(error) }
        if templates.count > Self.countLimit { templates.removeAll() }
        templates[number] = template
        return template
    }

    func topic(_ number: Int64) throws(SegmentDamage) -> String {
        if let known = topics[number] { return known }
        guard let bytes = try Self.lookUp(number, &topicRows) else { throw .missing("topic", number) }
        let topic = String(decoding: bytes, as: UTF8.self)
        if topics.count > Self.countLimit * 4 { topics.removeAll() }
        topics[number] = topic
        return topic
    }

    private static func lookUp(_ number: Int64, _ rows: inout Statement) throws(SegmentDamage) -> [UInt8]? {
        defer { rows.reset() }
        do throws(SQLiteError) {
            try rows.bind(1, number)
            guard try rows.step() else { return nil }
        } catch {
            throw SegmentDamage(error.description)
        }
        let bytes = rows.blob(0)
        guard Checksum.of(bytes) == rows.integer(1) else { throw SegmentDamage("entry \(number) of the dictionary") }
        return bytes
    }
}

extension SegmentDamage {
    fileprivate static func missing(_ what: String, _ number: Int64) -> SegmentDamage {
        SegmentDamage("\(what) \(number) is not on the tape")
    }
}
