import Testing

@testable import Recorder

@Suite struct RedactionCountsTests {
    private func counts(_ change: (inout RedactionCounts) -> Void) -> RedactionCounts {
        var counts = RedactionCounts()
        change(&counts)
        return counts
    }

    @Test func `what a session's options hold is read again`() {
        let counted = counts {
            $0[.properties] = 3
            $0[.literals] = 9_000_000_000
        }
        let options = counted.added(to: #"{"receive_maximum":960,"redacted":{"members":1}}"#)
        #expect(options == #"{"receive_maximum":960,"redacted":{"properties":3,"literals":9000000000}}"#)
        #expect(RedactionCounts(options: options) == counted)
    }

    @Test(arguments: ["", "[]", "{", #"{"redacted":7}"#, #"{"redacted":{"members":"7","other":1,"addresses":0.5}}"#])
    func `options without such numbers hold none`(options: String) {
        #expect(RedactionCounts(options: options).total == 0)
    }

    @Test func `numbers for a person are counted in words`() {
        let many = counts {
            $0[.properties] = 2
            $0[.members] = 1
            $0[.addresses] = 3
            $0[.literals] = 1
        }
        #expect(many.summary == "2 user properties, 1 member of payloads, 3 parts of addresses, 1 copy elsewhere")
        #expect(RedactionCounts().summary == "")
    }
}
