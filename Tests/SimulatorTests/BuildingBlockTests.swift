import JSONScan
import Testing

@testable import Simulator

@Suite struct BuildingBlockTests {
    @Test func `the generator gives the published numbers of SplitMix64`() {
        var random = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func `numbers stay below their bound and no bound gives zero`() {
        var random = SeededGenerator(seed: 1)
        #expect((0..<1_000).allSatisfy { _ in 0..<7 ~= random.below(7) })
        #expect(random.below(0) == 0)
        #expect((0..<1_000).allSatisfy { _ in -3...3 ~= random.within(-3...3) })
    }

    @Test func `an agenda gives items by time and those of one time in the order put in`() {
        var agenda = Agenda<Int>()
        for (item, due) in [5, 1, 3, 1, 5, 0].enumerated() { agenda.add(item, at: Int64(due)) }
        var order: [Int] = []
        while let next = agenda.popFirst() { order.append(next.item) }
        #expect(order == [5, 1, 3, 2, 0, 4])
    }

    @Test(arguments: JSONSpelling.allCases) func `every spelling means the same`(spelling: JSONSpelling) throws {
        let json = #"{"a":[],"b":{},"c":[1,{"d":"x, y: {\"z\"}"}],"Größe":"会議 😀","n":null}"#
        let original = try JSONValue.parse(Array(json.utf8))
        let respelled = spelling.respell(Array(json.utf8))
        #expect(try JSONValue.parse(respelled) == original)
    }

    @Test func `spaced JSON is ASCII with spaces and pretty JSON has lines`() {
        let json = Array(#"{"a":[1,2],"ü":"😀","e":{}}"#.utf8)
        #expect(
            String(decoding: JSONSpelling.spaced.respell(json), as: UTF8.self)
                == #"{"a": [1, 2], "\u00fc": "\ud83d\ude00", "e": {}}"#)
        #expect(
            String(decoding: JSONSpelling.pretty.respell(json), as: UTF8.self)
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"ü\": \"😀\",\n  \"e\": {}\n}")
    }

    @Test func `decimals lose their zeros unless the point is kept`() {
        func text(_ value: Double, _ places: Int, _ keeps: Bool) -> String {
            String(decoding: NumberText.decimal(value, places: places, keepsPoint: keeps), as: UTF8.self)
        }
        #expect(text(21.5, 2, false) == "21.5")
        #expect(text(21, 2, false) == "21")
        #expect(text(21, 2, true) == "21.0")
        #expect(text(-0.25, 2, false) == "-0.25")
        #expect(text(7.6, 0, true) == "8")
        #expect(text(.infinity, 1, true) == "0")
    }

    @Test(arguments: [(0, 0.0, 0.0), (.max, .infinity, .nan), (1, 1e-300, 7), (1_000_000, 0.000_1, -1)])
    func `settings out of range are brought into it`(devices: Int, rate: Double, odd: Double) {
        let settings = SimulationSettings(devices: devices, rate: rate, oddShare: odd)
        #expect(1...1_000_000 ~= settings.devices)
        #expect(settings.rate > 0 && settings.rate.isFinite)
        #expect(0...1 ~= settings.oddShare)
        #expect(settings.period > 0 || settings.rate > 1e6)
    }

    @Test func `the slowest fleet runs`() {
        var fleet = FleetModel(SimulationSettings(devices: 3, rate: 0.000_1))
        #expect(fleet.advance(to: 1_000_000_000_000_000).count > 50)
    }
}
