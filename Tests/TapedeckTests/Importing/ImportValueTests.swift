import DeviceProtocol
import Testing

@testable import Tapedeck

@Suite struct EpochTimeTests {
    private func time(_ literal: String) -> (EpochTime.Unit, Int64)? {
        EpochTime(literal.utf8Span.span).map { ($0.unit, $0.timestamp.nanoseconds) }
    }

    @Test(arguments: [
        ("1795356000", EpochTime.Unit.seconds, 1_795_356_000_000_000_000),
        ("1795356000.25", .seconds, 1_795_356_000_250_000_000),
        ("1795356000.123456789123456789123", .seconds, 1_795_356_000_123_456_789),
        ("1.795356e9", .seconds, 1_795_356_000_000_000_000),
        ("1795356000250", .milliseconds, 1_795_356_000_250_000_000),
        ("1795356000250.5", .milliseconds, 1_795_356_000_250_500_000),
        ("1.79535600025E+12", .milliseconds, 1_795_356_000_250_000_000),
        ("1795356000250001", .microseconds, 1_795_356_000_250_001_000),
        ("1795356000250001002", .nanoseconds, 1_795_356_000_250_001_002),
        ("1795356000250001002.9", .nanoseconds, 1_795_356_000_250_001_002),
        ("0", .seconds, 0), ("-1.5", .seconds, -1_500_000_000), ("0.0000000001", .seconds, 0),
    ])
    func `the unit follows from the size and the value is exact`(
        literal: String, unit: EpochTime.Unit, nanoseconds: Int64
    ) throws {
        let (read, value) = try #require(time(literal))
        #expect(read == unit)
        #expect(value == nanoseconds)
    }

    @Test(arguments: [
        "9300000000000000000", "1e30", "1e9999", "1e99999999999999999999", "99999999999999999999999", "-9.3e18",
    ])
    func `what 64 bits of nanoseconds cannot hold is no time`(literal: String) {
        #expect(time(literal) == nil)
    }
}

@Suite struct SequenceMapTests {
    @Test func `a gap in the input moves what comes behind it`() {
        var map = SequenceMap()
        for (output, input) in [5, 6, 7, 20, 21, 40].enumerated() { map.insert(Int64(input), as: Int64(output + 1)) }
        #expect([5, 7, 20, 21, 40].map { map.output(for: $0) } == [1, 3, 4, 5, 6])
        #expect([4, 8, 19, 22, 39, 41, Int64.max].allSatisfy { map.output(for: $0) == nil })
    }

    @Test func `numbers that begin anew belong to another tape`() {
        var map = SequenceMap()
        for input in 1...3 { map.insert(Int64(input), as: Int64(input)) }
        map.insert(1, as: 4)
        #expect(map.output(for: 1) == 4)
        #expect(map.output(for: 2) == nil)
    }

    @Test func `only the last runs are remembered`() {
        var map = SequenceMap(limit: 10)
        for input in 1...100 { map.insert(Int64(input * 2), as: Int64(input)) }
        #expect(map.output(for: 200) == 100)
        #expect(map.output(for: 192) == 96)
        #expect(map.output(for: 2) == nil)
    }
}

@Suite struct ImportedSessionsTests {
    private func beginnings(_ sessions: [Int64?]) -> [Int] {
        var rule = ImportedSessions()
        return sessions.indices.filter { rule.begins(with: sessions[$0]) }
    }

    @Test func `sessions that follow one another begin one each`() {
        #expect(beginnings([1, 1, 2, 2, 3]) == [0, 2, 4])
        #expect(beginnings([nil, nil]) == [0])
        #expect(beginnings([nil, 7, 7, nil, 7]) == [0, 1])
    }

    @Test func `a session that comes back stays with its neighbours`() {
        #expect(beginnings([1, 2, 1, 2, 1, 3]) == [0, 1, 5])
    }

    @Test func `there is an end to it`() {
        #expect(beginnings((1...5_000).map { Int64($0) }).count == 1_000)
    }
}
