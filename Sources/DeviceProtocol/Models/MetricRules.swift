import JSONScan

/// What the cloud accepts as a metric: 32-bit integers and floats, booleans, text of up to 1000 bytes, and null.
///
/// https://dev.xyte.io/reference-link/telemetry
enum MetricRules {
    static func check(_ metric: JSONMember, hasStatus: Bool, _ findings: inout FindingList) {
        if hasStatus, metric.key == "status" { findings.add(.statusKeyCollision) }
        switch metric.value {
        case .null, .bool: break
        case .number(let number): check(number, key: metric.key, &findings)
        case .string(let text):
            let bytes = text.utf8.count
            if bytes > 1_000 { findings.add(.stringTooLong(key: metric.key, bytes: bytes)) }
        case .array, .object: findings.add(.nestedTelemetryValue(key: metric.key))
        }
    }

    private static func check(_ number: JSONNumber, key: String, _ findings: inout FindingList) {
        // Nine digits fit in 32 bits, and so short a decimal is no large float unless it has an exponent.
        let length = number.text.utf8.count
        if length <= 9, number.isInteger { return }
        if number.isInteger {
            guard let value = number.int64, value.magnitude <= 1 << 53 else {
                let isInfinite = number.double.isInfinite
                return findings.add(isInfinite ? .numberBeyondDouble(key: key) : .intBeyond2To53(key: key))
            }
            if Int32(exactly: value) == nil { findings.add(.intBeyondInt32(key: key)) }
            return
        }
        let hasExponent = number.text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
        guard hasExponent || length > 38 else { return }
        let magnitude = number.double.magnitude
        if magnitude.isInfinite {
            findings.add(.numberBeyondDouble(key: key))
        } else if magnitude > Double(Float.greatestFiniteMagnitude) {
            findings.add(.numberBeyondFloat(key: key))
        }
    }
}
