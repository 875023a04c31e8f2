/// A segment's directory, taken apart: where everything is, nothing restored yet.
struct SegmentLayout {
    struct Clock {
        /// The first message, in order of arrival, that was stamped under it.
        var first: Int
        /// Row of table `clock`.
        var number: Int64
    }

    /// A topic of the segment: its number on the tape, or its name.
    typealias Topic = Literal

    struct Run {
        /// Position in the segment's list of topics.
        var topic: Int
        var count: Int
    }

    struct Group {
        var template: Literal
        var runs: [Run]
        var count: Int
        var flags: IntegerField
        var redactions: IntegerField
        var duplicates: IntegerField
        var columns: [ColumnLayout]
        /// Place of each message in the order of arrival; absent where the times of arrival give it.
        var ranks: IntegerField?
        /// The column whose times the arrivals refer to, and nanoseconds of its unit as a power of ten.
        var reference: (column: Int, exponent: Int)?
        var arrivals: IntegerField

        var runLengths: [Int] { runs.map(\.count) }
    }

    let count: Int
    let clocks: [Clock]
    let packetIDs: IntegerField
    let topics: [Topic]
    private(set) var groups: [Group] = []
    /// The stream of the UUIDs.
    let pool: Int

    /// Messages that a segment may have.
    static let countLimit = 1 << 18
    /// Values, over all columns, that a segment may have; the elements of lists have a limit of their own.
    static let cellLimit = 1 << 25
    /// Bytes that a directory may have.
    static let sizeLimit = 1 << 26

    /// - Parameters:
    ///   - reader: behind the table of streams.
    ///   - streamCount: how many streams the table has.
    ///   - template: finds a template.
    /// - Throws: ``SegmentDamage`` where the directory makes no sense.
    init(
        _ reader: inout ByteReader, streamCount: Int, template: (Literal) throws(SegmentDamage) -> Template
    ) throws(SegmentDamage) {
        do {
            let version = try reader.integer()
            guard version == UInt64(SegmentEncoder.version) else {
                throw SegmentDamage("a segment of format \(version), which this program does not know")
            }
            let count = try reader.integer()
            guard count > 0, count <= UInt64(Self.countLimit) else { throw SegmentDamage("\(count) messages") }
            self.count = Int(count)
            clocks = try Self.clocks(&reader, count: self.count)
            let isOrdered = try reader.integer() == 0
            var streams = 0
            var cells = 0
            packetIDs = try IntegerField(&reader, &streams)
            topics = try Self.topics(&reader)
            var rest = self.count
            for _ in 0..<(try reader.count()) {
                let group = try Self.group(
                    &reader, &streams, topicCount: topics.count, isOrdered: isOrdered, rest: rest, template: template)
                rest -= group.count
                // What is restored of a segment must stay in bounds, also where a few bytes stand for millions of values.
                cells += group.count * (group.columns.reduce(4) { $0 + $1.width })
                guard group.count > 0, cells <= Self.cellLimit else { throw SegmentDamage("a group out of bounds") }
                groups.append(group)
            }
            guard rest == 0 else { throw SegmentDamage("\(rest) messages are in no group") }
            guard reader.isAtEnd else { throw SegmentDamage("bytes behind the directory") }
            pool = streams
            guard streams + 1 == streamCount else {
                throw SegmentDamage("\(streamCount) streams where \(streams + 1) were expected")
            }
        } catch let error as MalformedFrame {
            throw SegmentDamage(error)
        } catch let error as SegmentDamage {
            throw error
        } catch {
            throw SegmentDamage("\(error)")
        }
    }

    private static func clocks(_ reader: inout ByteReader, count: Int) throws(MalformedFrame) -> [Clock] {
        var clocks: [Clock] = []
        var first = 0
        for index in 0..<(try reader.count()) {
            let number = try reader.integer()
            let step = try reader.integer()
            guard step < UInt64(count), first + Int(step) < count, (index == 0) == (step == 0) else {
                throw MalformedFrame(offset: reader.offset, reason: "a clock that begins nowhere")
            }
            first += Int(step)
            clocks.append(Clock(first: first, number: Int64(truncatingIfNeeded: number)))
        }
        guard !clocks.isEmpty else { throw MalformedFrame(offset: reader.offset, reason: "no clock") }
        return clocks
    }

    private static func topics(_ reader: inout ByteReader) throws(MalformedFrame) -> [Topic] {
        var topics: [Topic] = []
        var last: Int64 = 0
        for _ in 0..<(try reader.count()) {
            let step = try reader.integer()
            if step == 0 {
                topics.append(.own(Array(try reader.slice())))
            } else {
                last = last &+ Int64(truncatingIfNeeded: step)
                topics.append(.shared(last))
            }
        }
        return topics
    }

    private static func group(
        _ reader: inout ByteReader, _ streams: inout Int, topicCount: Int, isOrdered: Bool, rest: Int,
        template: (Literal) throws(SegmentDamage) -> Template
    ) throws -> Group {
        let literal = try Literal(&reader)
        let shape = try template(literal)
        var runs: [Run] = []
        var topic: UInt64 = 0
        var count = 0
        for _ in 0..<(try reader.count()) {
            topic = topic &+ (try reader.integer())
            let length = try reader.integer()
            guard topic < UInt64(topicCount), length > 0, length <= UInt64(rest - count) else {
                throw MalformedFrame(offset: reader.offset, reason: "\(length) messages of topic \(topic)")
            }
            runs.append(Run(topic: Int(topic), count: Int(length)))
            count += Int(length)
        }
        let flags = try IntegerField(&reader, &streams)
        let redactions = try IntegerField(&reader, &streams)
        let duplicates = try IntegerField(&reader, &streams)
        var columns: [ColumnLayout] = []
        for slot in 0..<shape.slotCount {
            let column = try ColumnLayout(&reader, &streams)
            if case .list = shape[slot: slot] {
                guard column.isList else { throw MalformedFrame(offset: reader.offset, reason: "a list that is none") }
            } else if column.isList {
                throw MalformedFrame(offset: reader.offset, reason: "a list where a scalar belongs")
            }
            columns.append(column)
        }
        let ranks = isOrdered ? nil : try IntegerField(&reader, &streams)
        var reference: (column: Int, exponent: Int)?
        let referred = try reader.integer()
        if referred > 0 {
            let exponent = try reader.integer()
            guard referred <= UInt64(columns.count), exponent <= 18 else {
                throw MalformedFrame(offset: reader.offset, reason: "arrivals that refer to nothing")
            }
            reference = (Int(referred) - 1, Int(exponent))
        }
        return Group(
            template: literal, runs: runs, count: count, flags: flags, redactions: redactions, duplicates: duplicates,
            columns: columns, ranks: ranks, reference: reference, arrivals: try IntegerField(&reader, &streams))
    }
}

/// Integers of a directory: none, one for all, or a column.
enum IntegerField {
    case none
    case constant(Int64)
    case column(parameters: [UInt8], symbols: Int, bits: Int)

    init(_ reader: inout ByteReader, _ streams: inout Int) throws(MalformedFrame) {
        switch try reader.byte() {
        case 0: self = .none
        case 1: self = .constant(try reader.signedInteger())
        case 2:
            self = .column(parameters: Array(try reader.slice()), symbols: streams, bits: streams + 1)
            streams += 2
        case let mode: throw MalformedFrame(offset: reader.offset, reason: "integers of an unknown kind (\(mode))")
        }
    }
}

/// A column as the directory describes it.
indirect enum ColumnLayout {
    case constant(Literal)
    case coded(Coded)
    /// A list that always has the same number of elements: a column for each.
    case tuple([ColumnLayout])
    case list(lengths: IntegerField, elements: ColumnLayout)

    struct Coded {
        var entries: [Literal]
        var codes: Codes
        /// The form of the rows with code 0 and their values.
        var form: TokenForm?
        var values: IntegerField
        /// The stream of packed digits.
        var records: Int?
        var textLengths: IntegerField
        var text: Int?
    }

    enum Codes {
        case uniform(UInt8)
        case bytes(Int)
        case integers(IntegerField)
    }

    /// Columns that it consists of.
    var width: Int {
        switch self {
        case .constant, .coded: 1
        case .tuple(let columns): columns.count
        case .list: 2
        }
    }

    var isList: Bool {
        switch self {
        case .tuple, .list: true
        case .constant, .coded: false
        }
    }

    init(_ reader: inout ByteReader, _ streams: inout Int, nested: Bool = false) throws(MalformedFrame) {
        switch try reader.byte() {
        case ColumnMode.constant: self = .constant(try Literal(&reader))
        case ColumnMode.coded: self = .coded(try Coded(&reader, &streams))
        case ColumnMode.tuple where !nested:
            var columns: [ColumnLayout] = []
            for _ in 0..<(try reader.count()) {
                columns.append(try ColumnLayout(&reader, &streams, nested: true))
            }
            self = .tuple(columns)
        case ColumnMode.list where !nested:
            let lengths = try IntegerField(&reader, &streams)
            self = .list(lengths: lengths, elements: try ColumnLayout(&reader, &streams, nested: true))
        case let mode: throw MalformedFrame(offset: reader.offset, reason: "a column of an unknown kind (\(mode))")
        }
    }
}

extension ColumnLayout.Coded {
    fileprivate init(_ reader: inout ByteReader, _ streams: inout Int) throws(MalformedFrame) {
        let parts = try reader.byte()
        entries = []
        for _ in 0..<(try reader.count()) { entries.append(try Literal(&reader)) }
        switch try reader.byte() {
        case let mode where mode <= 1: codes = .uniform(mode)
        case CodeMode.bytes:
            codes = .bytes(streams)
            streams += 1
        case CodeMode.integers: codes = .integers(try IntegerField(&reader, &streams))
        case let mode: throw MalformedFrame(offset: reader.offset, reason: "codes of an unknown kind (\(mode))")
        }
        values = .none
        if parts & ColumnParts.values != 0 {
            let form = try TokenForm(&reader)
            self.form = form
            if case .hex = form {
                records = streams
                streams += 1
            } else {
                values = try IntegerField(&reader, &streams)
            }
        }
        textLengths = .none
        if parts & ColumnParts.text != 0 {
            textLengths = try IntegerField(&reader, &streams)
            text = streams
            streams += 1
        }
    }
}
