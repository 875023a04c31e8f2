import MQTTSession
import Replay
import Testing

@Suite struct TargetAllowListTests {
    @Test(arguments: [
        ("staging.example", "mqtt://staging.example:1884", true), ("staging.example", "mqtts://STAGING.example", true),
        ("staging.example", "mqtt://production.example", false),
        ("staging.example:1883", "mqtt://staging.example:1884", false),
        ("mqtt://staging.example", "mqtt://staging.example:1884", false),
        ("mqtt://staging.example", "staging.example", true), ("*.test.example", "a.b.test.example", true),
        ("*.test.example", "test.example", false), ("*.test.example", "eviltest.example", false),
        ("unix:/run/m.sock", "unix:/run/m.sock", true), ("unix:/run/m.sock", "mqtt://run", false),
        ("unix:/run/\u{e9}.sock", "unix:/run/e\u{301}.sock", false),
        ("*.\u{e9}.example", "a.e\u{301}.example", false), ("\u{e9}.example", "e\u{301}.example", false),
    ])
    func `an entry allows a target`(entry: String, target: String, isAllowed: Bool) throws {
        #expect(try TargetAllowList([entry]).allows(BrokerAddress(target)) == isAllowed)
    }

    @Test func `a person is shown the entries as they were written`() throws {
        let texts = ["*.Test.example", "mqtt://staging.example", "unix:///run/m.sock"]
        #expect(try TargetAllowList(texts).texts == texts)
    }

    @Test func `an empty list allows nothing`() throws {
        #expect(try !TargetAllowList([]).allows(BrokerAddress("localhost")))
    }

    @Test func `an entry that is no address is refused`() {
        #expect(throws: InvalidBrokerAddress.self) { try TargetAllowList(["http://x"]) }
    }
}
