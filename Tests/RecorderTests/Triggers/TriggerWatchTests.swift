import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Recorder

@Suite struct TriggerWatchTests {
    static let second: Int64 = 1_000_000_000

    /// A watch with a clock of its own.
    struct Bench {
        var watch: TriggerWatch
        var sequence: Int64 = 0

        init(_ conditions: String...) throws {
            watch = TriggerWatch(
                try conditions.map { try TriggerCondition($0) { Int64($0.dropLast()).map { $0 * second } } })
        }

        mutating func say(
            _ topic: String, _ payload: String, at time: Int64, correlation: String? = nil, repeats: Int64? = nil
        ) -> [String] {
            sequence += 1
            var message = RecordedMessage(
                sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: time * second, topic: topic,
                payload: Array(payload.utf8), qos: .atLeastOnce, duplicateOf: repeats)
            if let correlation { message.properties.append(.correlationData(Array(correlation.utf8))) }
            let moment = TriggerMoment(monotonic: time * second, wall: (1_000 + time) * second)
            return watch.see(message, sequence: sequence, at: moment).map(\.description)
        }

        mutating func telemetry(_ device: String, _ payload: String, at time: Int64 = 0) -> [String] {
            say("v1/device/\(device)/telemetry", payload, at: time)
        }

        mutating func tick(_ time: Int64, isConnected: Bool = true) -> [String] {
            let moment = TriggerMoment(monotonic: time * second, wall: (1_000 + time) * second)
            return watch.tick(moment, isConnected: isConnected).map(\.description)
        }
    }

    // MARK: Metrics

    @Test func `a status fires once per device, and again after it was another one`() throws {
        var bench = try Bench("status=offline")
        #expect(bench.telemetry("a", #"{"status":"online"}"#) == [])
        #expect(
            bench.telemetry("a", #"{"status":"offline"}"#) == ["status=offline: device a, seq 2, status=offline"])
        #expect(bench.telemetry("a", #"{"status":"offline"}"#) == [])
        #expect(bench.telemetry("b", #"{"status":"Offline"}"#) == ["status=offline: device b, seq 4, status=Offline"])
        #expect(bench.telemetry("a", #"{"status":"online"}"#) == [])
        #expect(bench.telemetry("a", #"{"status":"offline"}"#).count == 1)
    }

    @Test func `a status among the metrics is compared like the status itself`() throws {
        var bench = try Bench("status=offline")
        #expect(
            bench.telemetry("a", #"{"telemetries":{"status":"OffLine"}}"#)
                == ["status=offline: device a, seq 1, status=OffLine"])
    }

    @Test func `a metric that a patch does not name keeps its value`() throws {
        var bench = try Bench("cpu*>80")
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_0":80}}"#) == [])
        #expect(
            bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_0":80.5}}"#)
                == ["cpu*>80: device a, seq 2, cpu_0=80.5"])
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"fan":1}}"#) == [])
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_1":99}}"#) == [])
        // One of two is well again: it holds still.
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_0":1}}"#) == [])
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_0":90}}"#) == [])
        // A null takes a metric away, an override all that it does not name.
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_1":null,"cpu_0":null}}"#) == [])
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_1":90}}"#).count == 1)
        #expect(bench.telemetry("a", #"{"status":"online","override":true,"telemetries":{"fan":1}}"#) == [])
        #expect(bench.telemetry("a", #"{"status":"online","telemetries":{"cpu_1":90}}"#).count == 1)
    }

    @Test(arguments: [
        ("t>1", "1", false), ("t>1", "1.5", true), ("t>=1", "1.0", true), ("t<1", "0", true), ("t<1", "1", false),
        ("t<=1", "1", true), ("t=1", "1.0", true), ("t!=1", "2", true), ("t!=1", "1", false), ("t=1", "\"1\"", true),
        ("t=on", "\"on\"", true), ("t=on", "\"off\"", false), ("t!=on", "\"off\"", true), ("t=true", "true", true),
        ("t=true", "false", false), ("t>1", "\"2\"", false), ("t>1", "null", false), ("t!=1", "null", false),
        ("t>1", "[2]", false), ("t>-5", "-4", true), ("t == 3", "3", true), ("\\silence > 2", "3", false),
    ])
    func `compares numbers by value, texts by bytes, and nothing else`(
        condition: String, value: String, fires: Bool
    ) throws {
        var bench = try Bench(condition)
        #expect(
            bench.telemetry("a", #"{"status":"online","telemetries":{"t":\#(value)}}"#).isEmpty == !fires)
    }

    @Test func `a redelivery and a payload that cannot be read change nothing`() throws {
        var bench = try Bench("status=offline", "command=failed")
        #expect(bench.say("v1/device/a/telemetry", #"{"status":"offline"}"#, at: 0, repeats: 1) == [])
        #expect(bench.telemetry("a", "{") == [])
        #expect(bench.say("somewhere/else", "x", at: 0) == [])
    }

    // MARK: Commands

    @Test func `a failed command fires once, another one again`() throws {
        var bench = try Bench("command=failed")
        let topic = "v1/device/a/commands/update"
        #expect(
            bench.say(topic, #"{"id":"1","status":"failed","message":"no room"}"#, at: 0)
                == ["command=failed: device a, seq 1, command 1 failed: no room"])
        #expect(bench.say(topic, #"{"id":"1","status":"failed"}"#, at: 1) == [])
        #expect(bench.say(topic, #"{"id":"2","status":"done"}"#, at: 1) == [])
        #expect(bench.say(topic, #"{"id":"2","status":"error"}"#, at: 1).count == 1)
        #expect(bench.say(topic, #"{"id":"1","status":"in_progress"}"#, at: 2) == [])
        #expect(bench.say(topic, #"{"id":"1","status":"failed"}"#, at: 3).count == 1)
    }

    @Test func `an open command fires after its time, and its device again after none was open too long`() throws {
        var bench = try Bench("command open>60s")
        let (commands, update) = ("v1/device/a/commands", "v1/device/a/commands/update")
        #expect(bench.say(commands, #"[{"id":"1","name":"reboot","status":"pending"}]"#, at: 0) == [])
        #expect(bench.tick(60) == [])
        #expect(bench.tick(61) == ["command open>60s: device a, seq 1, command 1 (reboot) open for 61 s"])
        // Delivered again it is as old as before.
        #expect(bench.say(commands, #"[{"id":"1","name":"reboot","status":"in_progress"}]"#, at: 62) == [])
        #expect(bench.tick(63) == [])
        #expect(bench.say(update, #"{"id":"1","status":"done"}"#, at: 64) == [])
        #expect(bench.tick(65) == [])
        #expect(bench.say(commands, #"[{"id":"2","name":"reboot","status":"pending"}]"#, at: 70) == [])
        #expect(bench.tick(131).count == 1)
        #expect(bench.tick(132) == [])
    }

    @Test func `a command that is delivered as done is open no longer`() throws {
        var bench = try Bench("command open>60s")
        let commands = "v1/device/a/commands"
        _ = bench.say(commands, #"[{"id":"1","name":"x","status":"pending"}]"#, at: 0)
        _ = bench.say(commands, #"[{"id":"1","name":"x","status":"done"}]"#, at: 1)
        #expect(bench.tick(1_000) == [])
    }

    @Test func `an update ends a command that it names by correlation data, through the parent, or not at all`() throws
    {
        var bench = try Bench("command open>60s")
        let update = "v1/device/a/commands/update"
        _ = bench.say("v1/device/a/commands", #"[{"name":"reboot"}]"#, at: 0, correlation: "c1")
        _ = bench.say(update, #"{"status":"done"}"#, at: 1, correlation: "c1")
        _ = bench.say("v1/device/a/command/children", #"[{"id":"7","device_id":"child","name":"x"}]"#, at: 2)
        _ = bench.say(update, #"{"id":"7","status":"done"}"#, at: 3)
        _ = bench.say("v1/device/a/commands", #"[{"id":"8","name":"x"}]"#, at: 4)
        _ = bench.say(update, #"{"status":"done"}"#, at: 5)
        #expect(bench.tick(1_000) == [])
    }

    // MARK: Silence, topics, marks

    @Test func `a device that spoke and is silent fires once, and again after it spoke`() throws {
        var bench = try Bench("silence>300s")
        #expect(bench.tick(0) == [])
        #expect(bench.telemetry("a", #"{"status":"online"}"#, at: 10) == [])
        // What the cloud says to a device is no sign of life.
        #expect(bench.say("v1/device/b/config", "{}", at: 10) == [])
        #expect(bench.tick(310) == [])
        #expect(bench.tick(311) == ["silence>300s: device a, silent for 301 s"])
        #expect(bench.tick(400) == [])
        #expect(bench.telemetry("a", #"{"status":"online"}"#, at: 401) == [])
        #expect(bench.tick(701) == [])
        #expect(bench.tick(702).count == 1)
    }

    @Test func `whatever a device publishes is a sign of its life`() throws {
        var bench = try Bench("silence>300s")
        #expect(bench.say("v1/device/a/get", "", at: 0) == [])
        #expect(bench.say("v1/device/a/commands/update", #"{"id":"1","status":"done"}"#, at: 200) == [])
        #expect(bench.tick(500) == [])
        #expect(bench.tick(501) == ["silence>300s: device a, silent for 301 s"])
    }

    @Test func `while the recorder is away no device is called silent, nor for as long after it`() throws {
        var bench = try Bench("silence>300s")
        _ = bench.telemetry("a", #"{"status":"online"}"#, at: 0)
        #expect(bench.tick(1_000, isConnected: false) == [])
        #expect(bench.tick(2_000) == [])
        #expect(bench.tick(2_300) == [])
        #expect(bench.tick(2_301).count == 1)
    }

    @Test func `a topic fires at every message that its filter takes`() throws {
        var bench = try Bench("topic=v1/device/+/incidents")
        #expect(bench.say("v1/device/a/telemetry", "{}", at: 0) == [])
        #expect(
            bench.say("v1/device/a/incidents", "[]", at: 0)
                == ["topic=v1/device/+/incidents: device a, seq 2, on v1/device/a/incidents"])
    }

    @Test func `a mark fires where it is a condition`() throws {
        let moment = TriggerMoment(monotonic: 0, wall: 0)
        #expect(try Bench("mark").watch.mark("valve", at: moment).map(\.description) == ["mark: valve"])
        #expect(try Bench("status=offline").watch.mark("valve", at: moment) == [])
    }

    @Test func `several conditions fire on their own`() throws {
        var bench = try Bench("status=offline", "t>1")
        #expect(bench.telemetry("a", #"{"status":"offline","telemetries":{"t":2}}"#).count == 2)
    }

    @Test(arguments: [
        "", "offline", "status=", "=offline", "t>high", "command=done", "command open<60s", "command open>soon",
        "silence>0s", "silence=5s", "topic=a/#/b", "topic>a", "!", "marks",
    ])
    func `a text that is no condition is refused with a sentence`(text: String) {
        #expect(throws: InvalidTrigger.self) {
            _ = try TriggerCondition(text) { Int64($0.dropLast()).map { $0 * Self.second } }
        }
    }

    // MARK: What anybody may send

    @Test func `texts are cut by bytes, between characters' scalars`() throws {
        let long = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(TriggerWatch.beginning(long, bytes: 300).utf8.count == 299 + 3)
        #expect(TriggerWatch.beginning("kurz", bytes: 300) == "kurz")
        var bench = try Bench("status!=online", "command=failed", "topic=v1/#")
        for reason in bench.telemetry("a", "{\"status\":\"\(long)\"}") { #expect(reason.utf8.count < 1_000) }
        let update = "{\"id\":\"1\",\"status\":\"failed\",\"message\":\"\(long)\"}"
        let failed = bench.say("v1/device/a/commands/update", update, at: 1)
        #expect(failed.count == 2 && failed.allSatisfy { $0.utf8.count < 1_000 })
    }

    @Test func `names that nobody gives a device are not followed, and not kept`() throws {
        let name = String(repeating: "d", count: 257)
        var bench = try Bench("status=offline", "x>1", "silence>5s", "topic=v1/#")
        #expect(bench.telemetry(name, #"{"status":"offline","telemetries":{"x":2}}"#).count == 1)
        #expect(bench.telemetry("a", "{\"telemetries\":{\"\(name)\":2}}").count == 1)
        #expect(bench.tick(100).count == 1)
        #expect(bench.telemetry("ü\u{1F4FA}", #"{"status":"offline"}"#).first?.contains("ü\u{1F4FA}") == true)
    }

    @Test func `devices that went silent make room for others`() {
        var watch = SilenceWatch(5 * Self.second)
        for number in 0..<SilenceWatch.manyDevices { watch.see(DeviceID("d\(number)"), at: 0) }
        watch.see("late", at: Self.second)
        #expect(watch.tick(100 * Self.second).count == SilenceWatch.manyDevices)
        watch.see("new", at: 101 * Self.second)
        #expect(watch.tick(200 * Self.second).map(\.device) == ["new"])
    }
}
