import Testing

@testable import Plot

@Suite struct StateRowTests {
    private static func blocks(_ intervals: [(Range<Int64>, Int)], columns: Int = 10) -> [(Range<Int>, Int?)] {
        let row = StateRow(
            intervals.map { .init(range: $0.0, state: $0.1, isOpen: false) }, scale: TimeScale(0..<1000),
            columns: columns)
        return row.blocks.map { ($0.columns, $0.state) }
    }

    private static func text(_ blocks: [(Range<Int>, Int?)]) -> String {
        blocks.map { "\($0.0.lowerBound)-\($0.0.upperBound):\($0.1.map(String.init) ?? "?")" }.joined(separator: " ")
    }

    @Test func `states fill their time`() {
        #expect(Self.text(Self.blocks([(0..<300, 0), (300..<1000, 1)])) == "0-3:0 3-10:1")
        #expect(Self.text(Self.blocks([(-500..<300, 0), (600..<5000, 1)])) == "0-3:0 6-10:1")
        #expect(Self.text(Self.blocks([(-500..<0, 0), (1000..<5000, 1)])) == "")
    }

    @Test func `equal neighbours are one block`() {
        #expect(Self.text(Self.blocks([(0..<300, 2), (300..<600, 2)])) == "0-6:2")
    }

    @Test func `a short state is seen among long ones`() {
        #expect(Self.text(Self.blocks([(0..<510, 0), (510..<511, 1), (511..<1000, 0)])) == "0-5:0 5-6:1 6-10:0")
        #expect(Self.text(Self.blocks([(990..<991, 1)])) == "9-10:1")
    }

    @Test func `several states in a column are said to be several`() {
        #expect(
            Self.text(Self.blocks([(0..<510, 0), (510..<515, 1), (515..<520, 2), (520..<1000, 0)]))
                == "0-5:0 5-6:? 6-10:0")
    }

    @Test func `no columns, no blocks`() {
        #expect(Self.blocks([(0..<1000, 0)], columns: 0).isEmpty)
    }

    @Test func `gaps are merged and each is seen`() {
        let gaps = GapSet([500..<600, 100..<101, 550..<700, 900..<900, 990..<2000], in: 0..<1000)
        #expect(gaps.ranges == [100..<101, 500..<700, 990..<1000])
        #expect(gaps.columns(of: 10, scale: TimeScale(0..<1000)) == [1..<2, 5..<7, 9..<10])
        #expect(gaps.columns(of: 0, scale: TimeScale(0..<1000)).isEmpty)
    }
}
