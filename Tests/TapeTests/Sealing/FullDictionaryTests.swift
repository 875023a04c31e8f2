import DeviceProtocol
import TestSupport
import Testing

@testable import Tape

/// A fleet with more topics, templates or strings than the dictionary of a tape takes.
@Suite struct FullDictionaryTests {
    private static func full(after count: Int) -> TapeDictionary {
        var dictionary = TapeDictionary()
        dictionary.topics = .init(countLimit: count, sizeLimit: 1 << 20)
        dictionary.templates = .init(countLimit: count, sizeLimit: 1 << 20)
        dictionary.strings = .init(countLimit: count, sizeLimit: 1 << 20)
        return dictionary
    }

    @Test(arguments: [0, 2])
    func `what it has no room for stands in the segment, and every message comes back`(room: Int) throws {
        for seed in UInt64(0)..<30 {
            var messages = RandomMessages(seed: 7_000 + seed)
            let drafts = messages.drafts(60)
            let trip = try SegmentRoundTrip(drafts, dictionary: Self.full(after: room))
            #expect(trip.restored == drafts.placed(), "seed \(seed)")
            #expect(trip.sealed.literal == 0, "seed \(seed)")
        }
    }

    @Test func `the tape answers, verifies, merges and is saved as any other`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        do {
            let writer = try TapeWriter.began(path)
            var random = SeededGenerator(seed: 17)
            for number in 1...600 {
                writer.append(RecordedMessage.random(at: Int64(number) * 1_000_000, using: &random))
                if number.isMultiple(of: 100) { try writer.commit() }
            }
            try writer.end(at: Timestamp(nanoseconds: TapeWriter.testOffset + 1_000_000_000), reason: "signal")
        }
        var ofOne = Selection()
        ofOne.devices = ["a"]
        let (all, some) = try contents(path, ofOne)
        #expect(!some.isEmpty && some.count < all.count)
        let sealer = try TapeSealer(path: path)
        sealer.sealer.dictionary = Self.full(after: 1)
        while try sealer.sealNext(.all, span: 200_000_000) != nil {}
        #expect(sealer.damages.isEmpty)
        for isMerged in [false, true] {
            if isMerged { while try sealer.mergeNext(.all) != nil {} }
            #expect(try contents(path, ofOne) == (all, some))
            #expect(try columns(path, ofOne) == some.count)
            var faults: [TapeFault] = []
            _ = try TapeVerifier(path: path).verify { faults.append($0) }
            #expect(faults.isEmpty, "\(faults)")
        }
        let saved = folder.path("saved.tape")
        var repairer = try TapeRepairer(path: path, to: saved) { _ in }
        #expect(try repairer.write()?.isComplete == true)
        #expect(try TapeReader(path: saved).allMessages() == all)
    }

    private func contents(
        _ path: String, _ selection: Selection
    ) throws -> (all: [RecordedMessage], some: [RecordedMessage]) {
        let reader = try TapeReader(path: path)
        return (try reader.allMessages(), try reader.allMessages(selection))
    }

    /// Selected messages as the columns have them.
    private func columns(_ path: String, _ selection: Selection) throws -> Int {
        let scan = try TapeReader(path: path).fields(selection)
        var count = 0
        while let part = try scan.next() {
            switch part {
            case .messages(let messages): count += messages.count
            case .segment(let segment):
                for group in segment.groups {
                    count += group.runs.filter(\.isWanted).reduce(0) { $0 + $1.rows.count }
                }
            }
        }
        return count
    }
}
