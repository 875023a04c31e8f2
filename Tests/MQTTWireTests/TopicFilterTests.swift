import Testing

@testable import MQTTWire

@Suite struct TopicFilterTests {
    @Test(arguments: [
        ("v1/device/#", "v1/device/a/telemetry"), ("v1/device/#", "v1/device"), ("v1/device/#", "v1/device/"),
        ("v1/device/+/telemetry", "v1/device/a/telemetry"), ("+/+", "/finance"), ("/+", "/finance"), ("#", "a/b"),
        ("#", "/"), ("sport/+", "sport/"), ("a//b", "a//b"), ("$SYS/#", "$SYS/broker/load"),
    ])
    func `matches what the standard says it matches`(filter: String, topic: String) throws {
        #expect(try TopicFilter(filter).matches(topic))
    }

    @Test(arguments: [
        ("v1/device/#", "v1/devices"), ("v1/device/+", "v1/device/a/b"), ("+", "/finance"), ("sport/+", "sport"),
        ("#", "$SYS/broker"), ("+/broker", "$SYS/broker"), ("a/b", "a/b/"), ("a/b/", "a/b"), ("a", "a/b"),
        ("v1/device/é/x", "v1/device/e\u{301}/x"),
    ])
    func `matches nothing else`(filter: String, topic: String) throws {
        #expect(try !TopicFilter(filter).matches(topic))
    }

    @Test(arguments: [
        ("#", "a/+", true, true), ("a/#", "a/x", true, true), ("a/#", "a", true, true), ("a/#", "a/+/#", true, true),
        ("a/+", "a/#", false, true), ("a/+", "+/b", false, true), ("a/x", "a/y", false, false),
        ("a", "a/+", false, false),
        ("#", "$SYS/x", false, false), ("+/x", "$SYS/x", false, false), ("a/b", "a/b", true, true),
        ("a/+/c", "a/#", false, true),
        ("+/#", "a", true, true), ("a/+", "a", false, false),
    ])
    func `covering and overlapping are told apart`(filter: String, other: String, covers: Bool, overlaps: Bool) throws {
        #expect(try TopicFilter(filter).covers(TopicFilter(other)) == covers)
        #expect(try TopicFilter(filter).overlaps(TopicFilter(other)) == overlaps)
        #expect(try TopicFilter(other).overlaps(TopicFilter(filter)) == overlaps)
    }

    @Test(arguments: ["", "a#", "a/#/b", "a+/b", "##", "a\0b", "#/a"])
    func `refuses a misplaced wildcard`(text: String) {
        #expect(throws: InvalidTopicFilter.self) { try TopicFilter(text) }
    }
}
