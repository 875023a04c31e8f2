import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Replay

struct PayloadPlaceholderTests {
    private static let placeholder = "redacted:0123456789abcdef0123456789abcdef"

    @Test func `a payload with a placeholder is not sent`() throws {
        for payload in [
            "{\"token\":\"\(Self.placeholder)\"}", "{\"url\":\"https://x/?key=\(Self.placeholder)\"}",
            "no json \(Self.placeholder)", "{\"a\":\"redacted:\"}",
        ] {
            #expect(try Transforming().payload("v1/device/a/telemetry", payload) == nil)
            let keyed = Transforming { $0.credentials = Credentials(["a": "KEY"]) }
            #expect(try keyed.payload("v1/device/a/telemetry", payload) == nil)
        }
    }

    @Test func `prose about redaction is sent`() throws {
        let payload = "{\"a\":\"was redacted: see log\"}"
        #expect(try Transforming().payload("v1/device/a/telemetry", payload) == payload)
    }

    @Test func `an access key is put in where it is known, by the new id or the old one`() throws {
        let payload = "{\"access_key\":\"\(Self.placeholder)\",\"n\":1.0}"
        for keys in [["b": "K\"1"], ["a": "K\"1"], ["b": "K\"1", "a": "OTHER"]] as [[DeviceID: String]] {
            let keyed = try Transforming {
                try $0.map("a", "b")
                $0.credentials = Credentials(keys)
            }
            #expect(
                try keyed.payload("v1/device/a/update", payload) == #"{"access_key":"K\"1","n":1.0}"#)
        }
    }

    @Test func `a key that JSON inside of a text cannot hold as it is keeps the message back`() throws {
        let inner = "\"{\\\"access_key\\\":\\\"\(Self.placeholder)\\\"}\""
        func sent(_ key: String) throws -> String? {
            let keyed = Transforming { $0.credentials = Credentials(["a": key]) }
            return try keyed.payload("v1/device/a/update", inner)
        }
        #expect(try sent("KEY") == inner.replacing(Self.placeholder, with: "KEY"))
        #expect(try sent("K\"1") == nil)
        #expect(try sent("K\\1") == nil)
    }

    @Test func `user properties get the key of the new id, also in place of a recorded one`() throws {
        let keyed = try Transforming {
            try $0.map("a", "b")
            $0.credentials = Credentials(["a": "OLD", "b": "NEW"])
        }
        for value in [Self.placeholder, "recorded-secret"] {
            let sent = try keyed([
                SampleTape.message(
                    "v1/device/a/telemetry",
                    [.userProperty(name: "device_id", value: "a"), .userProperty(name: "access_key", value: value)])
            ])
            #expect(
                sent.first?.properties.list == [
                    .userProperty(name: "device_id", value: "b"), .userProperty(name: "access_key", value: "NEW"),
                ])
        }
    }

    @Test func `no example shows a secret`() throws {
        let keyed = Transforming { $0.credentials = Credentials(["a": "SECRET"]) }
        let counts = try keyed.counts([
            SampleTape.message(
                "v1/device/a/update", payload: "{\"access_key\":\"\(Self.placeholder)\"}",
                [.userProperty(name: "access_key", value: "recorded-secret")])
        ])
        #expect(counts[.credentials].values == 2)
        for example in counts[.credentials].examples {
            #expect(!"\(example)".contains("SECRET") && !"\(example)".contains("recorded-secret"))
        }
    }
}
