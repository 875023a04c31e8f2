import DeviceProtocol
import SQLite
import Testing

@testable import TapeSQL

@Suite struct ConditionTests {
    @Test(
        arguments: TableQuestion.Comparison.allCases,
        [
            "", "1", "2", "2026", "2026-11-22", "2026-11-22 14:00", "2026-11-22T14:00:00.000000000Z",
            "2026-11-22T14:00:00.0000000005Z", "2026-11-22T14:00:00Z", "1677-09-21T00:12:43.145224192Z",
            "2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854775808Z", "9999", "z",
        ])
    func `times as texts are compared as SQLite compares texts`(_ comparison: TableQuestion.Comparison, _ text: String)
    {
        let range = TimeText.range(comparison, text)
        let near = [-1_000_000_000, -1, 0, 1, 1_000_000_000].map { 1_795_356_000_000_000_000 + $0 } as [Int64]
        for instant in near + [.min, .min + 1, 0, .max - 1, .max] {
            let own = Array(Timestamp(nanoseconds: instant).rfc3339.utf8)
            let other = Array(text.utf8)
            let fits =
                switch comparison {
                case .equal: own == other
                case .less: own.lexicographicallyPrecedes(other)
                case .lessOrEqual: own == other || own.lexicographicallyPrecedes(other)
                case .greater: other.lexicographicallyPrecedes(own)
                case .greaterOrEqual: own == other || other.lexicographicallyPrecedes(own)
                case .like, .glob: true
                }
            #expect((range?.contains(instant) ?? false) == fits, "\(comparison) \(text) \(instant)")
        }
    }

    @Test(arguments: [
        ("temp*", "temperature", true, true), ("temp*", "Temperature", true, false), ("t?mp", "tämp", true, true),
        ("*", "", true, true), ("?", "", true, false), ("a[bc]d", "abd", true, true), ("a[bc]d", "xbd", true, false),
        ("TEMP%", "temperature", false, true), ("_emp", "temp", false, true), ("t_mp", "tmp", false, false),
        ("%a%b%", "xxaxxbxx", false, true), ("%a%b%", "xxbxxaxx", false, false), ("ÄB", "äb", false, true),
    ])
    func `patterns fit what they must`(_ pattern: String, _ text: String, _ isGlob: Bool, _ fits: Bool) {
        #expect(TextPattern(pattern, isGlob: isGlob).matches(text) == fits)
    }
}
