import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Replay

struct FreshIDsTests {
    private static let id = "6b1f7c1a-0d3e-4c55-9a3e-2f6f6f0a0001"
    private let fresh = Transforming { $0.transformation.freshIDs = FreshIDs(seed: "test") }

    private func replacement(_ text: String, copy: Int = 0, seed: String = "test") -> String? {
        FreshIDs(seed: seed).replacement(for: text.utf8Span.span, copy: copy).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test func `a UUID becomes another one in the same letters`() throws {
        let lower = try #require(replacement(Self.id))
        #expect(lower != Self.id)
        #expect(UUIDSpelling(lower.utf8Span.span) != nil)
        #expect(lower.count == 36)
        #expect(Array(lower)[14] == "4")
        #expect("89ab".contains(Array(lower)[19]))
        #expect(replacement(Self.id.uppercased()) == lower.uppercased())
        #expect(replacement(Self.id.replacing("-", with: "")) == lower.replacing("-", with: ""))
        #expect(replacement(Self.id, copy: 1) != lower)
        #expect(replacement(Self.id, seed: "another") != lower)
        #expect(replacement("cmd-17").map { UUIDSpelling($0.utf8Span.span) != nil } == true)
    }

    @Test func `numbers stay in their range and never meet`() throws {
        var seen: Set<String> = []
        for number in 1...2_000 {
            let text = try #require(replacement("\(number)"))
            #expect((Int(text) ?? 0) > 0 && (Int(text) ?? .max) < 1 << 31)
            seen.insert(text)
        }
        #expect(seen.count == 2_000)
        let large = try #require(replacement("4503599627370497").flatMap { Int($0) })
        #expect(1 << 31..<1 << 53 ~= large)
        #expect(replacement("9223372036854775807").flatMap { Int($0) } != nil)
        #expect(replacement("0") == nil)
        #expect(replacement("") == nil)
    }

    @Test func `a command and its answers get the same new id everywhere`() throws {
        let sent = try fresh([
            SampleTape.message(
                "v1/device/d/commands", payload: #"{"id":"\#(Self.id)","name":"reboot","parameters":{"id":"keep"}}"#),
            SampleTape.message(
                "v1/device/d/commands/update",
                payload: #"{"status":"done","message":"\#(Self.id) ok","id":"\#(Self.id)"}"#,
                [.correlationData(Array(Self.id.utf8)), .userProperty(name: "ref", value: Self.id)]),
            SampleTape.message(
                "v1/device/d/commands/update", payload: #"{"status":"done"}"#, [.correlationData(Array(Self.id.utf8))]),
            SampleTape.message("v1/device/d/telemetry", payload: #"{"id":"\#(Self.id)"}"#),
        ])
        let new = try #require(replacement(Self.id))
        #expect(
            sent.map { String(decoding: $0.payload, as: UTF8.self) } == [
                #"{"id":"\#(new)","name":"reboot","parameters":{"id":"keep"}}"#,
                #"{"status":"done","message":"\#(new) ok","id":"\#(new)"}"#, #"{"status":"done"}"#,
                #"{"id":"\#(Self.id)"}"#,
            ])
        #expect(
            sent[1].properties.list == [.correlationData(Array(new.utf8)), .userProperty(name: "ref", value: new)])
        #expect(sent[2].properties.list == [.correlationData(Array(new.utf8))])
    }

    @Test func `a number and its text get the same new id`() throws {
        let new = try #require(replacement("50"))
        #expect(try fresh.payload("v1/device/d/commands", #"{"id":50,"n":50}"#) == #"{"id":\#(new),"n":50}"#)
        #expect(
            try fresh.payload("v1/device/d/license", #"[{"id":"50"},{"id":5.5},{"id":null}]"#)
                == #"[{"id":"\#(new)"},{"id":5.5},{"id":null}]"#)
        #expect(
            try fresh.payload("v1/device/d/commands", #""{\"id\":\"50\"}""#) == #""{\"id\":\"\#(new)\"}""#)
    }

    @Test func `what is no id stays and is counted`() throws {
        let payloads = [
            #"{"id":""}"#, #"{"id":"0"}"#, #"{"id":0}"#, #"{"id":-5}"#, #"{"id":1e3}"#, #"{"id":true}"#,
            #"{"id":null}"#,
        ]
        for payload in payloads { #expect(try fresh.payload("v1/device/d/commands", payload) == payload) }
        let counts = try fresh.counts(payloads.map { SampleTape.message("v1/device/d/commands", payload: $0) })
        #expect(counts[.freshIDs].leftAlone == [.notAnID: 5])
        #expect(counts[.freshIDs].values == 0)
    }

    @Test func `a command has its new id only where new ids are asked for`() throws {
        let new = try #require(replacement(Self.id))
        let recorded = #"{"id":"\#(Self.id)"}"#
        #expect(try fresh.payload("v1/device/d/commands", recorded) == #"{"id":"\#(new)"}"#)
        #expect(try Transforming().payload("v1/device/d/commands", recorded) == recorded)
    }

    @Test func `another round has other ids`() {
        let again = FreshIDs(seed: "test").pass(1).replacement(for: Self.id.utf8Span.span, copy: 0)
        #expect(again != FreshIDs(seed: "test").replacement(for: Self.id.utf8Span.span, copy: 0))
    }
}
