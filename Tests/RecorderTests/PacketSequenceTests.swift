import Testing

@testable import Recorder

@Suite struct PacketSequenceTests {
    private static func learned(until last: UInt16 = 1_000) -> PacketSequence {
        var sequence = PacketSequence()
        for packetID in 1...last { _ = sequence.note(packetID, dup: false) }
        return sequence
    }

    @Test func `a hole in the identifiers of a broker that counts is that many messages`() {
        var sequence = Self.learned()
        #expect(sequence.isTrusted)
        #expect(sequence.note(1_001, dup: false) == .none)
        #expect(sequence.note(1_005, dup: false) == .jump(3))
        #expect(sequence.absentCount == 3)
    }

    @Test func `what is missing and comes after all is found again, once`() {
        var sequence = Self.learned()
        _ = sequence.note(1_004, dup: false)
        sequence.beginConnection()
        #expect(sequence.note(1_002, dup: true) == .recovered)
        #expect(sequence.note(1_002, dup: true) == .none)
        #expect(sequence.absentCount == 2)
    }

    @Test func `what is not waited for any longer is no recovery when it comes after all`() {
        var sequence = Self.learned()
        _ = sequence.note(1_004, dup: false)
        sequence.forgetAbsent()
        #expect(sequence.absentCount == 0)
        #expect(sequence.note(1_002, dup: true) == .none)
        // Later holes are counted as before.
        #expect(sequence.note(1_006, dup: false) == .jump(1))
        #expect(sequence.note(1_003, dup: true) == .none)
        #expect(sequence.absentCount == 1)
    }

    @Test func `counting goes around at the end of sixteen bits`() {
        var sequence = Self.learned(until: 65_534)
        #expect(sequence.note(65_535, dup: false) == .none)
        #expect(sequence.note(1, dup: false) == .none)
        #expect(sequence.note(4, dup: false) == .jump(2))
    }

    @Test func `a hole across the end of sixteen bits is counted`() {
        var sequence = Self.learned(until: 65_534)
        #expect(sequence.note(3, dup: false) == .jump(3))
        #expect(sequence.note(65_535, dup: true) == .recovered)
        #expect(sequence.note(1, dup: true) == .recovered)
    }

    @Test func `a broker that uses identifiers again as they become free is not judged by them`() {
        var sequence = PacketSequence()
        for packetID in 1...100 as ClosedRange<UInt16> { _ = sequence.note(packetID, dup: false) }
        #expect(sequence.note(1, dup: false) == .none)
        #expect(!sequence.isTrusted)
        #expect(sequence.note(50, dup: false) == .none)
    }

    @Test func `one that always uses the lowest identifier is not judged either`() {
        var sequence = PacketSequence()
        for _ in 0..<1_000 { #expect(sequence.note(1, dup: false) == .none) }
        #expect(!sequence.isTrusted)
    }

    @Test func `redeliveries of what was recorded are no holes`() {
        var sequence = Self.learned()
        sequence.beginConnection()
        #expect(sequence.note(990, dup: true) == .none)
        #expect(sequence.note(1_000, dup: true) == .none)
        #expect(sequence.note(1_001, dup: true) == .none)
        #expect(sequence.note(1_002, dup: false) == .none)
    }

    @Test func `a broker that came back with an older state counts from there`() {
        var sequence = Self.learned(until: 40_000)
        sequence.beginConnection()
        #expect(sequence.note(39_000, dup: false) == .none)
        #expect(sequence.note(39_001, dup: false) == .none)
        #expect(sequence.note(39_003, dup: false) == .jump(1))
    }

    @Test func `what was dropped between two recordings shows with the first delivery`() {
        var sequence = PacketSequence()
        sequence.learn(Array(1...500))
        sequence.beginConnection()
        #expect(sequence.note(601, dup: false) == .jump(100))
    }

    @Test func `a new session counts anew`() {
        var sequence = Self.learned()
        sequence.reset()
        #expect(sequence.note(7, dup: false) == .none)
        #expect(!sequence.isTrusted)
    }

    @Test func `any sequence of identifiers is borne`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var sequence = PacketSequence()
            for _ in 0..<2_000 {
                _ = sequence.note(.random(in: .min ... .max, using: &random), dup: .random(using: &random))
                if Int.random(in: 0..<100, using: &random) == 0 { sequence.beginConnection() }
            }
            #expect(sequence.absentCount >= 0)
        }
    }
}
