import DeviceProtocol
import JSONScan

extension Oddity {
    /// A sample with one odd thing in it; nil when the oddity is none of samples.
    func telemetry(at time: Timestamp, _ random: inout SeededGenerator) -> [UInt8]? {
        if let timestamp = oddTime(time) {
            return Self.bytes(#"{"status":"online","timestamp":\#(timestamp),"telemetries":{"fan_speed":100.1}}"#)
        }
        if let metric = oddMetric(&random) {
            var writer = JSONWriter()
            TimestampStyle.milliseconds.writeValue(time, to: &writer)
            let timestamp = String(decoding: writer.bytes, as: UTF8.self)
            return Self.bytes(#"{"status":"online","timestamp":\#(timestamp),"telemetries":{"usbc":true,\#(metric)}}"#)
        }
        switch self {
        case .missingTelemetries: return Self.bytes(#"{"status":"offline"}"#)
        case .legacyShape:
            return Self.bytes(
                #"{"common":{"status":"online","firmware_version":"1.0"},"custom":{"fan_speed":100.1,"input":"hdmi"}}"#)
        case .batchShape:
            let (first, second) = (random.uuid(), random.uuid())
            return Self.bytes(
                #"{"\#(first)":{"status":"online","telemetries":{"power":true}},"\#(second)":{"status":"offline"}}"#)
        default: return nil
        }
    }

    /// A value for `timestamp`, as JSON.
    private func oddTime(_ time: Timestamp) -> String? {
        func written(_ style: TimestampStyle) -> String {
            var writer = JSONWriter()
            style.writeValue(time, to: &writer)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        return switch self {
        case .garbageTime: #""....""#
        case .epochOfZero: #""1970-01-01T00:00:12.000Z""#
        case .yearOne: #""0001-01-01T00:00:00Z""#
        case .farFuture: #""2999-12-31T23:59:59Z""#
        case .dateOnly: #""2026-11-22""#
        case .epochSeconds: written(.epochSeconds)
        case .epochMilliseconds: written(.epochMilliseconds)
        case .naiveTime: written(.naive(minutes: 120))
        default: nil
        }
    }

    /// A member of `telemetries`, as JSON.
    private func oddMetric(_ random: inout SeededGenerator) -> String? {
        switch self {
        case .hugeExponent: #""fan_speed":1e400"#
        case .negativeZero: random.pick(#""fan_speed":-0"#, #""fan_speed":-0.0"#)
        case .bigInteger: #""rx_bytes":184467440737095516150123456789"#
        case .beyond2To53: #""rx_bytes":9007199254740993"#
        case .notANumber: random.pick(#""fan_speed":NaN"#, #""fan_speed":Infinity"#, #""fan_speed":-inf"#)
        case .numberAsText: #""fan_speed":"100.1","volume":"5,5""#
        case .nestedValue: #""network":{"ip":"192.0.2.7","dns":["192.0.2.1",null]},"ports":[1,2,[3]]"#
        case .statusMetric: #""status":"error""#
        case .emptyKey: #""":1," ":2,"a.b":3,"fan_speed ":4"#
        case .longText: "\"log\":\"\(String(repeating: "ä", count: 501 + random.below(500)))\""
        case .loneSurrogate: #""title":"\ud83d broken""#
        // The same name to a person and to Unicode's canonical equivalence, two names in bytes.
        case .equivalentKeys: "\"caf\u{e9}\":1,\"cafe\u{301}\":2"
        case .boolAsNumber: #""power":1,"usbc":0"#
        case .duplicateKeys: #""fan_speed":99.5,"fan_speed":100.1"#
        default: nil
        }
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
