import DeviceProtocol
import MQTTWire

@testable import Tape

/// Messages that seeds are made of.
enum Samples {
    static func message(_ payload: [UInt8], number: Int) -> RecordedMessage {
        RecordedMessage(
            sequence: Int64(number) + 1, session: 1,
            arrival: Timestamp(nanoseconds: 1_772_323_260_000_000_000 + Int64(number) * 1_000_000_007), monotonic: 0,
            topic: number % 3 == 0 ? "v1/device/a/telemetry" : "v1/device/b/telemetry", payload: payload,
            qos: .atLeastOnce, packetID: UInt16(truncatingIfNeeded: number + 1),
            duplicateOf: number % 11 == 10 ? 1 : nil,
            properties: PublishProperties([.userProperty(name: "n", value: "\(number / 4)")]))
    }

    static let payloads: [[UInt8]] = [
        #"{"time":"2026-03-01T00:00:01.250Z","t":21.50,"on":true,"v":[1,2,3]}"#,
        #"{"id":"4c9bc590-68e6-4abc-8def-4d687f71a2bb","n":-0,"b":[],"x":"caf\u00e9"}"#,
        #"{ "h": "00ff10203040506070ff00ff10203040", "r": 0.3034990234375, "w": 9223372036854775808 }"#,
        #"[[1, 2], [], ["\ud800"], {"e": 1e400}]"#, "\n{\n  \"a\": [\n    1,\n    2\n  ]\n}\n", "text", "-12.0e3",
    ].map { Array($0.utf8) }

    /// What the segments of the seeds share.
    static let dictionary: TapeDictionary = {
        var dictionary = TapeDictionary()
        _ = dictionary.topics.intern(Array("v1/device/a/telemetry".utf8).span)
        _ = dictionary.topics.intern(Array("v1/device/b/telemetry".utf8).span)
        for payload in payloads {
            var block = MessageBlock(firstSequence: 1)
            block.append(message(payload, number: 0), clock: 1)
            var scanner = ShapeScanner()
            scanner.scan(block.rows[0], kind: .telemetry, in: block.bytes.span)
            _ = dictionary.templates.intern(scanner.template.span)
        }
        _ = dictionary.strings.intern(Array(#""recurs""#.utf8).span)
        return dictionary
    }()
}
