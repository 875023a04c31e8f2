/// Names of the reason codes that a broker ends or refuses a connection with (MQTT 5.0 §2.4).
enum ReasonCode {
    static func name(_ code: UInt8) -> String {
        names[code] ?? "reason code 0x\(String(code, radix: 16))"
    }

    private static let names: [UInt8: String] = [
        // Two refusals of MQTT 3.1.1 (§3.2.2.3) that a broker without MQTT 5 may answer with.
        0x01: "unacceptable protocol version", 0x02: "client identifier rejected",
        0x80: "unspecified error", 0x81: "malformed packet", 0x82: "protocol error",
        0x83: "implementation specific error", 0x84: "unsupported protocol version",
        0x85: "client identifier not valid", 0x86: "bad user name or password", 0x87: "not authorized",
        0x88: "server unavailable", 0x89: "server busy", 0x8a: "banned", 0x8b: "server shutting down",
        0x8c: "bad authentication method", 0x8d: "keep alive timeout", 0x8e: "session taken over",
        0x8f: "topic filter not valid", 0x90: "topic name not valid", 0x93: "receive maximum exceeded",
        0x94: "topic alias not valid", 0x95: "packet too large", 0x96: "message rate too high",
        0x97: "quota exceeded", 0x98: "administrative action", 0x99: "payload format not valid",
        0x9a: "retain not supported", 0x9b: "QoS not supported", 0x9c: "use another server", 0x9d: "server moved",
        0x9e: "shared subscriptions not supported", 0x9f: "connection rate exceeded", 0xa0: "maximum connect time",
        0xa1: "subscription identifiers not supported", 0xa2: "wildcard subscriptions not supported",
    ]
}
