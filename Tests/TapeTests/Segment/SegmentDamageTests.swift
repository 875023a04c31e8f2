import DeviceProtocol
import TestSupport
import Testing

@testable import Tape

@Suite struct SegmentDamageTests {
    /// Restores all that a segment holds, in every way in which it is read.
    private func readAll(_ segment: SegmentReader) throws {
        let player = try SegmentRoundTrip.player(segment)
        while try player.next() != nil {}
        for group in segment.layout.groups.indices {
            for column in segment.layout.groups[group].columns.indices {
                _ = try segment.column(column, ofGroup: group)
            }
        }
        var block = MessageBlock(firstSequence: 1)
        try block.append(segment)
        try segment.checkFrames()
    }

    private func read(_ parts: SegmentParts, _ dictionary: TapeDictionary) -> SegmentDamage? {
        do {
            let assembled = try parts.assembled()
            try readAll(
                try SegmentRoundTrip.reader(directory: assembled.directory, body: assembled.body, dictionary))
            return nil
        } catch let damage as SegmentDamage {
            return damage
        } catch {
            Issue.record("another error than damage: \(error)")
            return nil
        }
    }

    @Test(arguments: 0..<4) func `whatever changes inside the frames of a segment is survived`(part: UInt64) throws {
        var random = SeededGenerator(seed: part)
        var refused = 0
        for seed in UInt64(0)..<6 {
            var messages = RandomMessages(seed: 4_000 + part * 6 + seed)
            let trip = try SegmentRoundTrip(messages.drafts(30))
            let whole = try SegmentParts(trip.sealed.encoded)
            #expect(read(whole, trip.dictionary) == nil)
            for _ in 0..<60 {
                var parts = whole
                damage(&parts, using: &random)
                if read(parts, trip.dictionary) != nil { refused += 1 }
            }
        }
        #expect(refused > 60)
    }

    private func damage(_ parts: inout SegmentParts, using random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            if Bool.random(using: &random) || parts.streams.isEmpty {
                damage(&parts.fields, using: &random)
            } else {
                damage(&parts.streams[Int.random(in: 0..<parts.streams.count, using: &random)].bytes, using: &random)
            }
        }
    }

    private func damage(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return bytes.append(.random(in: 0...255, using: &random)) }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = [0, 1, 2, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
        case 2: bytes.removeLast(bytes.count - place)
        case 3: bytes.insert(contentsOf: [0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], at: place)
        default: bytes.remove(at: place)
        }
    }

    @Test func `a segment whose frames are flipped or cut is refused or whole`() throws {
        var messages = RandomMessages(seed: 77)
        let drafts = messages.drafts(50)
        let trip = try SegmentRoundTrip(drafts)
        var encoded = trip.sealed.encoded
        for index in encoded.body.indices {
            encoded.body[index] ^= 1 << UInt8(index % 8)
            defer { encoded.body[index] ^= 1 << UInt8(index % 8) }
            let player: SegmentPlayer
            do { player = try SegmentRoundTrip.player(encoded, trip.dictionary) } catch { continue }
            var restored: [RecordedMessage] = []
            while let message = try player.next() { restored.append(message) }
            // One bit of a frame's header is free to be anything.
            #expect(restored == drafts.placed(), "byte \(index)")
        }
        while !encoded.body.isEmpty {
            encoded.body.removeLast(min(encoded.body.count, 9))
            #expect(throws: SegmentDamage.self) {
                try SegmentRoundTrip.reader(encoded, trip.dictionary).checkFrames()
            }
        }
    }

    // MARK: Directories made to do harm

    /// What a directory of one group says, field by field; a test changes one of them.
    private struct Recipe {
        var version = 1
        var count: UInt64 = 6
        var clocks: [(UInt64, UInt64)] = [(1, 0)]
        var packetIDs: [UInt8] = [1, 0]
        var topics: [UInt8] = [1, 0, 1, 0x61]
        var groupCount: UInt64 = 1
        var template: [UInt8] = Recipe.template(SlotCode.scalar)
        var runs: [(UInt64, UInt64)] = [(0, 6)]
        var facts: [UInt8] = [1, 0, 1, 0, 1, 0]
        var column: [UInt8] = [ColumnMode.constant, 0, 1, 0x31]
        var reference: [UInt8] = [0]
        var arrivals: [UInt8] = [1, 0]
        var tail: [UInt8] = []
        var streams: [(StreamKind, [UInt8])] = []

        static func template(_ slot: UInt8...) -> [UInt8] {
            let bytes = [7] + Array("unknown".utf8) + [0, 0, 1, 0] + slot + [0]
            return [0, UInt8(bytes.count)] + bytes
        }

        func reader() throws -> SegmentReader {
            var writer = SegmentWriter(dictionary: TapeDictionary(), compressor: try BatchCompressor())
            writer.write(version)
            writer.write(count)
            writer.write(clocks.count)
            for clock in clocks {
                writer.write(clock.0)
                writer.write(clock.1)
            }
            writer.write(UInt8(0))
            writer.directory += packetIDs + topics
            writer.write(groupCount)
            writer.directory += template
            writer.write(runs.count)
            for run in runs {
                writer.write(run.0)
                writer.write(run.1)
            }
            writer.directory += facts + column + reference + arrivals + tail
            for (kind, bytes) in streams { try writer.write(stream: bytes, kind) }
            let finished = try writer.finish()
            return try SegmentRoundTrip.reader(
                directory: finished.directory, body: finished.body, finished.dictionary)
        }
    }

    private static let huge: UInt64 = 1 << 60
    private static let hugeBytes: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]
    private static let list = Recipe.template(SlotCode.list, 1, 0x2c)

    private func refuses(_ name: String, _ change: (inout Recipe) -> Void) {
        var recipe = Recipe()
        change(&recipe)
        let start = ContinuousClock.now
        #expect(throws: SegmentDamage.self, "\(name)") { try readAll(try recipe.reader()) }
        #expect(ContinuousClock.now - start < .seconds(30), "\(name)")
    }

    @Test func `the directory that the others are made from is whole`() throws {
        try readAll(try Recipe().reader())
        var recipe = Recipe()
        recipe.template = Self.list
        recipe.column = [ColumnMode.list, 1, 2, ColumnMode.constant, 0, 1, 0x31]
        let player = try SegmentRoundTrip.player(try recipe.reader())
        #expect(try player.next()?.payload == Array("1".utf8))
    }

    @Test func `counts that cannot be are refused at once`() {
        refuses("format") { $0.version = 2 }
        refuses("no messages") { $0.count = 0 }
        refuses("many messages") {
            $0.count = Self.huge; $0.runs = [(0, Self.huge)]
        }
        refuses("no clock") { $0.clocks = [] }
        refuses("a clock behind the end") { $0.clocks = [(1, 0), (2, 6)] }
        refuses("a clock that begins late") { $0.clocks = [(1, 1)] }
        refuses("two clocks at once") { $0.clocks = [(1, 0), (2, 0)] }
        refuses("many topics") { $0.topics = Self.hugeBytes }
        refuses("a long topic") { $0.topics = [1, 0] + Self.hugeBytes }
        refuses("a topic that is not UTF-8") { $0.topics = [1, 0, 1, 0xff] }
        refuses("a topic that is not there") { $0.topics = [1, 9] }
        refuses("no group") { $0.groupCount = 0 }
        refuses("two groups") { $0.groupCount = 2 }
        refuses("many groups") { $0.groupCount = Self.huge }
        refuses("too few messages") { $0.runs = [(0, 5)] }
        refuses("too many messages") { $0.runs = [(0, 6), (0, 1)] }
        refuses("an endless run") { $0.runs = [(0, .max)] }
        refuses("runs that wrap around") { $0.runs = [(0, 7), (0, .max)] }
        refuses("an empty run") { $0.runs = [(0, 0), (0, 6)] }
        refuses("a run of no topic") { $0.runs = [(1, 6)] }
        refuses("topics that wrap around") { $0.runs = [(0, 1), (.max, 5)] }
        refuses("bytes behind") { $0.tail = [0] }
        refuses("a stream too many") { $0.streams = [(.text, [1])] }
    }

    @Test func `integers and templates that make no sense are refused`() {
        refuses("no integers") { $0.packetIDs = [0] }
        refuses("unknown integers") { $0.packetIDs = [3] }
        refuses("integers without streams") { $0.packetIDs = [2, 0] }
        refuses("flags with QoS 3") { $0.facts = [1, 6, 1, 0, 1, 0] }
        refuses("integers without symbols") {
            $0.arrivals = [2, 0]; $0.streams = [(.symbols, []), (.bits, [])]
        }
        refuses("a template that is not there") { $0.template = [5] }
        refuses("an unknown slot") { $0.template = Recipe.template(9) }
        refuses("a template without end") { $0.template = [0, 1, 0x7f] }
        refuses("a list without separator") { $0.template = Recipe.template(SlotCode.list) }
        refuses("a list that is a scalar") { $0.template = Self.list }
        refuses("a scalar that is a list") { $0.column = [ColumnMode.tuple, 0] }
        refuses("arrivals that refer to nothing") { $0.reference = [2, 0] }
        refuses("arrivals that refer to a wrong power") { $0.reference = [1, 19] }
    }

    @Test func `columns that make no sense are refused`() {
        let coded = ColumnMode.coded
        refuses("an unknown column") { $0.column = [4] }
        refuses("a string that is not there") { $0.column = [ColumnMode.constant, 77] }
        refuses("a long string") { $0.column = [ColumnMode.constant, 0] + Self.hugeBytes }
        refuses("many entries") { $0.column = [coded, 0] + Self.hugeBytes }
        refuses("values without form") { $0.column = [coded, 0, 0, 0] }
        refuses("text that is not there") { $0.column = [coded, 0, 0, 1] }
        refuses("unknown codes") { $0.column = [coded, 0, 0, 4] }
        refuses("too few codes") {
            $0.column = [coded, 0, 0, CodeMode.bytes]; $0.streams = [(.codes, [2, 2])]
        }
        refuses("codes without entry") {
            $0.column = [coded, 0, 1, 0, 1, 0x31, CodeMode.bytes]
            $0.streams = [(.codes, [2, 2, 2, 2, 2, 3])]
        }
        refuses("negative codes") { $0.column = [coded, 0, 1, 0, 1, 0x31, CodeMode.integers, 1, 1] }
        refuses("codes of 2^60") { $0.column = [coded, 0, 1, 0, 1, 0x31, CodeMode.integers, 1] + Self.hugeBytes }
        refuses("an unknown form") { $0.column = [coded, 1, 0, 0, 9, 0] }
        refuses("too few digits") {
            $0.column = [coded, 1, 0, 0, 5, 0, 4]; $0.streams = [(.records, [1, 2, 3])]
        }
        refuses("UUIDs without pool") { $0.column = [coded, 1, 0, 0, 4, 0, 1, 0] }
        refuses("text that is too short") {
            $0.column = [coded, 2, 0, 1, 1, 4]; $0.streams = [(.text, [1, 2, 3])]
        }
        refuses("text that is too long") {
            $0.column = [coded, 2, 0, 1, 1, 2]
            $0.streams = [(.text, Array(repeating: 1, count: 7))]
        }
        refuses("text of negative length") {
            $0.column = [coded, 2, 0, 1, 1, 1]; $0.streams = [(.text, [1])]
        }
    }

    @Test func `lists that make no sense are refused before memory is taken for them`() {
        let element = [ColumnMode.constant, 0, 1, 0x31] as [UInt8]
        refuses("2^59 elements") {
            $0.template = Self.list
            $0.column = [ColumnMode.list, 1] + Self.hugeBytes + element
        }
        refuses("a negative number of elements") {
            $0.template = Self.list
            $0.column = [ColumnMode.list, 1, 1] + element
        }
        refuses("a list in a list") {
            $0.template = Self.list
            $0.column = [ColumnMode.list, 1, 2, ColumnMode.list, 1, 2] + element
        }
        refuses("a tuple in a tuple") {
            $0.template = Self.list
            $0.column = [ColumnMode.tuple, 1, ColumnMode.tuple, 1] + element
        }
        refuses("a tuple of 2^60") {
            $0.template = Self.list
            $0.column = [ColumnMode.tuple] + Self.hugeBytes
        }
    }

    @Test func `arrivals may refer to a column without times`() throws {
        // Digits have no value as a number; the arrivals then stand for themselves.
        var recipe = Recipe()
        recipe.column = [ColumnMode.coded, 1, 0, 0, 5, 0, 1]
        recipe.reference = [1, 0]
        recipe.streams = [(.records, [1, 2, 3, 4, 5, 6])]
        try readAll(try recipe.reader())
        recipe.column = [ColumnMode.coded, 3, 0, CodeMode.bytes, 5, 0, 1, 1, 2]
        recipe.streams = [(.codes, [0, 1, 0, 1, 0, 1]), (.records, [1, 2, 3]), (.text, [1, 2, 3])]
        try readAll(try recipe.reader())
    }
}
