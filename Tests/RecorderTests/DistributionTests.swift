import Recorder
import Testing

@Suite struct DistributionTests {
    @Test func `a value counts below the first bound that it does not exceed`() {
        var distribution = Distribution(bounds: [1, 10])
        for value in [-5, 1, 2, 10, 11, .max] as [Int64] { distribution.add(value) }
        #expect(distribution.counts == [2, 2, 2])
    }

    @Test func `a sum that is too large does not trap`() {
        var distribution = Distribution(bounds: [1])
        distribution.add(.max)
        distribution.add(.max)
        #expect(distribution.counts == [0, 2])
    }
}
