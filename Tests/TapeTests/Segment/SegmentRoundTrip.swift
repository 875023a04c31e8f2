import DeviceProtocol
import MQTTWire

@testable import Tape

/// Seals messages and reads them back, without a tape.
struct SegmentRoundTrip {
    let sealed: BlockSealer.Sealed
    let dictionary: TapeDictionary
    let restored: [RecordedMessage]

    init(_ drafts: [Draft], dictionary: TapeDictionary = TapeDictionary()) throws {
        var sealer = try BlockSealer(dictionary: dictionary)
        sealed = try sealer.seal(Self.block(drafts))
        self.dictionary = sealer.dictionary
        let player = try Self.player(sealed.encoded, sealer.dictionary)
        var messages: [RecordedMessage] = []
        while let message = try player.next() { messages.append(message) }
        restored = messages
    }

    static func block(_ drafts: [Draft]) -> MessageBlock {
        var block = MessageBlock(firstSequence: 1)
        for (draft, message) in zip(drafts, drafts.placed()) { block.append(message, clock: draft.clock) }
        return block
    }

    static func reader(_ encoded: SegmentEncoder.Encoded, _ dictionary: TapeDictionary) throws -> SegmentReader {
        let decompressor = try BatchDecompressor()
        let directory = try decompressor.decompress(encoded.directory, size: encoded.directorySize)
        return try reader(directory: directory, body: encoded.body, dictionary)
    }

    static func reader(directory: [UInt8], body: [UInt8], _ dictionary: TapeDictionary) throws -> SegmentReader {
        try SegmentReader(
            directory: directory, dictionary: HeldDictionary(dictionary), decompressor: try BatchDecompressor()
        ) { range throws(SegmentDamage) in
            guard range.upperBound <= body.count else { throw SegmentDamage("the body is too short") }
            return Array(body[range])
        }
    }

    static func player(_ encoded: SegmentEncoder.Encoded, _ dictionary: TapeDictionary) throws -> SegmentPlayer {
        try player(try reader(encoded, dictionary))
    }

    static func player(
        _ segment: SegmentReader, window: Range<Int64> = .min ..< .max, wants: (String) -> Bool = { _ in true }
    ) throws -> SegmentPlayer {
        var topics: [SegmentPlayer.Topic] = []
        for index in segment.layout.topics.indices {
            let name = try segment.topic(index)
            topics.append(SegmentPlayer.Topic(name: name, match: wants(name) ? .yes : .no))
        }
        let concerns = segment.layout.groups.map { _ in true }
        return try SegmentPlayer(
            segment, first: 1, topics: topics, concerns: concerns, window: window, clocks: TestClocks.all)
    }

    /// What is wrong with the way in which messages come back; nil where nothing is.
    static func failure(_ drafts: [Draft]) -> String? {
        let trip: SegmentRoundTrip
        do { trip = try SegmentRoundTrip(drafts) } catch { return "\(error)" }
        let expected = drafts.placed()
        guard trip.restored.count == expected.count else {
            return "\(trip.restored.count) messages of \(expected.count)"
        }
        for (was, new) in zip(expected, trip.restored) where was != new || !was.topic.utf8.elementsEqual(new.topic.utf8)
        {
            return "message \(was.sequence) came back as \(new)"
        }
        // Text is for what does not come back otherwise: the encoder would be wrong, though nothing was lost.
        return trip.sealed.literal == 0 ? nil : "\(trip.sealed.literal) messages came back as text only"
    }
}

/// Makes what fails smaller.
struct Shrinker {
    private var drafts: [Draft]
    private let fails: ([Draft]) -> Bool
    /// Large cases take long to try; what is smaller after so many tries is small enough.
    private var triesLeft = 400

    /// The smallest messages, found by halving, that still fail.
    static func smallest(_ drafts: [Draft], fails: @escaping ([Draft]) -> Bool) -> [Draft] {
        var shrinker = Shrinker(drafts: drafts, fails: fails)
        shrinker.run()
        return shrinker.drafts
    }

    private init(drafts: [Draft], fails: @escaping ([Draft]) -> Bool) {
        self.drafts = drafts
        self.fails = fails
    }

    private mutating func run() {
        shrink(\.self)
        for index in drafts.indices {
            attempt { $0[index].message.properties = PublishProperties() }
            attempt { $0[index].distance = nil }
            attempt { $0[index].message.redactions = 0 }
            attempt { $0[index].message.packetID = nil }
            shrink(\.[index].message.payload)
        }
    }

    private mutating func attempt(_ change: (inout [Draft]) -> Void) {
        guard triesLeft > 0 else { return }
        triesLeft -= 1
        var changed = drafts
        change(&changed)
        if !changed.isEmpty, fails(changed) { drafts = changed }
    }

    /// Leaves out stretches, first long ones, then short ones.
    private mutating func shrink<Element>(_ part: WritableKeyPath<[Draft], [Element]>) {
        var step = drafts[keyPath: part].count
        while step > 0, triesLeft > 0 {
            var start = 0
            while start < drafts[keyPath: part].count, triesLeft > 0 {
                let before = drafts[keyPath: part].count
                attempt { $0[keyPath: part].removeSubrange(start..<min(start + step, before)) }
                if drafts[keyPath: part].count == before { start += step }
            }
            step /= 2
        }
    }

    /// The messages for a person to read.
    static func describe(_ drafts: [Draft]) -> String {
        drafts.placed().map { message in
            "\(message.sequence) \(message.topic) at \(message.arrival.nanoseconds), "
                + "properties \(message.properties.list), "
                + "payload \(String(decoding: message.payload.prefix(300), as: UTF8.self))"
        }.joined(separator: "\n")
    }
}
