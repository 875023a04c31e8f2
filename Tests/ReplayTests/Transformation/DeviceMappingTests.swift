import DeviceProtocol
import Glibc
import MQTTWire
import Tape
import TestSupport
import Testing

@testable import Replay

struct DeviceMappingTests {
    private static let one = "6b1f7c1a-0d3e-4c55-9a3e-2f6f6f0a0001"
    private static let other = "0f9e8d7c-0d3e-4c55-9a3e-2f6f6f0a0002"

    @Test func `the id follows in topic, response topic, correlation data, user properties and payload`() throws {
        let mapped = try Transforming { try $0.map(Self.one, Self.other) }
        let sent = try #require(
            try mapped([
                SampleTape.message(
                    "v1/device/\(Self.one)/commands",
                    payload: """
                        {"device_id":"\(Self.one)", "n": 1.50,"path":"v1\\/device\\/\(Self.one)\\/x","\(Self.one)":[]}
                        """,
                    [
                        .responseTopic("v1/device/\(Self.one)/commands/update"),
                        .correlationData(Array("\(Self.one):7".utf8)),
                        .userProperty(name: "device_id", value: Self.one),
                        .userProperty(name: Self.one, value: "x \(Self.one)"),
                    ])
            ]).first)
        #expect(sent.topic == "v1/device/\(Self.other)/commands")
        #expect(sent.device == DeviceID(Self.other))
        #expect(
            String(decoding: sent.payload, as: UTF8.self) == """
                {"device_id":"\(Self.other)", "n": 1.50,"path":"v1\\/device\\/\(Self.other)\\/x","\(Self.other)":[]}
                """)
        #expect(
            sent.properties.list == [
                .responseTopic("v1/device/\(Self.other)/commands/update"),
                .correlationData(Array("\(Self.other):7".utf8)),
                .userProperty(name: "device_id", value: Self.other),
                .userProperty(name: Self.one, value: "x \(Self.other)"),
            ])
    }

    @Test(arguments: [
        "{\"a\":\"x\(one)\"}", "{\"a\":\"\(one)_\"}", "{\"a\":\"\\u0061\(one)\"}", "{\"a\":\"\(one)\\u0061\"}",
        "{\"a\":\"é\(one)\"}", "x\(one)",
    ])
    func `a part of a longer token stays`(payload: String) throws {
        let mapped = try Transforming { try $0.map(Self.one, Self.other) }
        #expect(try mapped.payload("v1/device/x/telemetry", payload) == payload)
    }

    @Test func `in a payload that is no JSON whole tokens are replaced at their bytes`() throws {
        let mapped = try Transforming { try $0.map(Self.one, Self.other) }
        let payload = [0xff, 0x00] + Array("id=\(Self.one);".utf8) + [0x80]
        var message = SampleTape.message("elsewhere")
        message.payload = payload
        let sent = try mapped([message])
        #expect(sent.first?.payload == [0xff, 0x00] + Array("id=\(Self.other);".utf8) + [0x80])
    }

    @Test func `a short id is replaced only as whole value or level`() throws {
        let mapped = try Transforming { try $0.map("lamp", "tower") }
        #expect(
            try mapped.payload("v1/device/lamp/telemetry", "{\"lamp\":\"lamp\",\"x\":\"a lamp\",\"y\":\"z/lamp/z\"}")
                == "{\"lamp\":\"tower\",\"x\":\"a lamp\",\"y\":\"z/tower/z\"}")
        #expect(try mapped.payload("v1/device/lamp/telemetry", "lamp on") == "lamp on")
    }

    @Test func `ids that are no single word are found too`() throws {
        let mapped = try Transforming {
            try $0.map("00:1b:44:11:3a:b7", "gateway 1")
            try $0.map("00:1b:44:11:3a:b8", "gateway 2")
            try $0.map("{tower-7}", "tower-8")
        }
        #expect(
            try mapped.payload("v1/device/x/telemetry", #"{"a":"on 00:1b:44:11:3a:b8, {tower-7}.","b":"00:1b:44"}"#)
                == #"{"a":"on gateway 2, tower-8.","b":"00:1b:44"}"#)
    }

    @Test func `two devices may change places`() throws {
        let mapped = try Transforming {
            try $0.map(Self.one, Self.other)
            try $0.map(Self.other, Self.one)
        }
        #expect(
            try mapped.payload("v1/device/x/telemetry", "[\"\(Self.one)\",\"\(Self.other)\"]")
                == "[\"\(Self.other)\",\"\(Self.one)\"]")
    }

    @Test(arguments: ["A", "A=", "=B", "A=B=C", "A=b/c", "A=b+", "A=\"b\""])
    func `what is no pair is refused with its flag`(argument: String) {
        var mapping = DeviceMapping()
        let error = #expect(throws: DeviceMappingError.self) { try mapping.add(argument: argument) }
        #expect(error?.description.hasPrefix("--map-device \(argument): ") == true)
    }

    @Test func `a file of pairs may have a header, and its errors name the line`() throws {
        var mapping = DeviceMapping()
        try mapping.add(csv: Array("from,to\r\na1,b1\n\n\"a,2\", b2 \n".utf8), path: "map.csv")
        #expect(mapping.targets == ["a1": "b1", "a,2": "b2"])
        for (text, line) in [("x,y\nz\n", 2), ("a,b\n\nc,\"d", 3), ("from,to\na,b,c\n", 2)] {
            let error = #expect(throws: DeviceMappingError.self) {
                var mapping = DeviceMapping()
                try mapping.add(csv: Array(text.utf8), path: "map.csv")
            }
            #expect(error?.description.contains("--device-map map.csv, line \(line):") == true)
        }
    }

    @Test func `a file of pairs is read from the disk, and what cannot be read is named`() throws {
        let folder = try TemporaryFolder()
        let file = folder.path("map.csv")
        #expect(throws: DeviceMappingError.unreadable(path: file, reason: "No such file or directory")) {
            var mapping = DeviceMapping()
            try mapping.add(file: file)
        }
        #expect(throws: DeviceMappingError.unreadable(path: "/tmp", reason: "it is no plain file")) {
            var mapping = DeviceMapping()
            try mapping.add(file: "/tmp")
        }
        let descriptor = open(file, O_CREAT | O_WRONLY, 0o644)
        defer { close(descriptor) }
        _ = write(descriptor, "from,to\na,b\n", 12)
        var mapping = DeviceMapping()
        try mapping.add(file: file)
        #expect(mapping.targets == ["a": "b"])
        // Of a larger file not a byte is taken: it has a hole instead of pairs.
        #expect(ftruncate(descriptor, off_t(DeviceMapping.sizeLimit) + 1) == 0)
        #expect(throws: DeviceMappingError.unreadable(path: file, reason: "it is larger than 64 MiB")) {
            var mapping = DeviceMapping()
            try mapping.add(file: file)
        }
    }

    @Test func `two devices never come to speak as one`() throws {
        var mapping = DeviceMapping()
        try mapping.add(argument: "a=x")
        try mapping.add(argument: "a=x")
        #expect(throws: DeviceMappingError.clash(origin: "--map-device b=x", target: "x", before: "--map-device a=x")) {
            try mapping.add(argument: "b=x")
        }
        #expect(
            throws: DeviceMappingError.contradiction(
                origin: "--map-device a=y", source: "a", before: "--map-device a=x")
        ) { try mapping.add(argument: "a=y") }
        try mapping.check(replaying: ["a", "b"])
        #expect(throws: DeviceMappingError.taken(origin: "--map-device a=x", target: "x")) {
            try mapping.check(replaying: ["a", "x"])
        }
        try mapping.add(argument: "x=a")
        try mapping.check(replaying: ["a", "x"])
    }

    @Test func `an id that is nowhere is refused, and near ones are named`() throws {
        var mapping = DeviceMapping()
        try mapping.add(argument: "lobby-lihgt=b")
        let known: Set<DeviceID> = ["lobby-light", "lobby-light2", "kitchen"]
        let error = #expect(throws: DeviceMappingError.self) { try mapping.absent(known: known, seen: []) }
        #expect(error?.description.hasSuffix("lobby-lihgt is not on the tape; did you mean lobby-light?") == true)
        #expect(try mapping.absent(known: known, seen: ["lobby-lihgt"]).isEmpty)
    }

    @Test func `a file for a whole fleet may name devices that are not on the tape, but not only such`() throws {
        var mapping = DeviceMapping()
        try mapping.add(csv: Array("from,to\na,x\nb,y\nc,z\n".utf8), path: "map.csv")
        #expect(try mapping.absent(known: ["a"], seen: ["c"]) == ["b"])
        #expect(throws: DeviceMappingError.self) { try mapping.absent(known: ["k"], seen: []) }
    }

    @Test func `the plan counts what is touched and shows three examples`() throws {
        let mapped = try Transforming { try $0.map(Self.one, Self.other) }
        let counts = try mapped.counts(
            (0..<5).map {
                SampleTape.message("v1/device/\(Self.one)/telemetry", at: $0, payload: "{\"a\":\"\(Self.one)\"}")
            })
        #expect(counts[.mapDevice].messages == 5)
        #expect(counts[.mapDevice].values == 10)
        #expect(counts[.mapDevice].examples.map(\.after) == [Self.other])
        #expect(counts.touched == [.mapDevice])
    }
}
