import DeviceProtocol
import Diff
import JSONScan
import MQTTWire
import Tape
import TapeTestSupport
import Testing

@Suite struct VerdictTests {
    private func changedCommand(_ script: [Scripted], _ old: String, _ new: String) -> [Scripted] {
        script.map { message in
            var message = message
            if message.topic.hasSuffix("/commands"), message.topic.contains(TwoTapes.device) {
                message.payload = message.payload.replacing(old, with: new)
            }
            return message
        }
    }

    @Test func `a tape is the same as itself`() throws {
        let (differences, summary) = try TwoTapes.compare(TwoTapes.run(), TwoTapes.run())
        #expect(differences.isEmpty)
        #expect(summary.total.same == summary.baseMessages && summary.baseMessages == TwoTapes.run().count)
        #expect(summary.conversations == 8 && summary.devices == 2)
    }

    @Test func `ids and clocks that differ everywhere are no difference, unless strict`() throws {
        let (base, candidate) = (TwoTapes.run(), TwoTapes.run(salt: 1))
        #expect(try TwoTapes.compare(base, candidate).differences.isEmpty)
        var strict = DiffSettings()
        strict.isStrict = true
        let differences = try TwoTapes.compare(base, candidate, strict).differences
        #expect(differences.contains { $0.changes.contains { $0.path == "/id" } })
        #expect(differences.contains { $0.changes.contains { $0.path == "/timestamp" } })
        #expect(try TwoTapes.compare(base, base, strict).differences.isEmpty)
    }

    @Test func `a command with another parameter is changed, and says where`() throws {
        let base = TwoTapes.run()
        let (differences, summary) = try TwoTapes.compare(base, changedCommand(base, #""level":1"#, #""level":9"#))
        try #require(differences.count == 1)
        let only = differences[0]
        #expect(only.verdict == .changed && only.kind == .command && only.key == "dump")
        #expect(only.changes.map(\.path) == ["/parameters/level"])
        #expect(only.changes.first?.base?.description == "1" && only.changes.first?.candidate?.description == "9")
        #expect(only.device?.text == TwoTapes.device && only.base != nil && only.candidate != nil)
        #expect(summary.total[.changed] == 1 && summary.total.different == 1)
    }

    /// Whether it is the base or the candidate whose recorder replaced the secret.
    @Test(arguments: [true, false])
    func `a secret that one tape has redacted is no difference, and is never shown`(inBase: Bool) throws {
        let placeholder = "redacted:0123456789abcdef0123456789abcdef"
        func changed(_ value: String) -> [Scripted] {
            changedCommand(TwoTapes.run(), #""level":1"#, #""level":1,"password":"\#(value)""#)
        }
        func compare(
            _ plain: String, _ redacted: String, _ settings: DiffSettings = DiffSettings()
        ) throws -> [Difference] {
            let (plain, redacted) = (changed(plain), changed(redacted))
            return try TwoTapes.compare(inBase ? redacted : plain, inBase ? plain : redacted, settings).differences
        }
        #expect(try compare("hunter2", placeholder).isEmpty)
        #expect(try compare("user:hunter2@host", "user:\(placeholder)@host").isEmpty)
        var strict = DiffSettings()
        strict.isStrict = true
        let shown = [
            try compare("user:hunter2@host", "user:\(placeholder)@other"), try compare("hunter2", placeholder, strict),
        ]
        for differences in shown {
            #expect(differences.map(\.changes.first?.path) == ["/parameters/password"])
            #expect(!"\(differences)".contains("hunter2"))
        }
    }

    @Test func `a missing command does not shift those behind it`() throws {
        let base = TwoTapes.run()
        var candidate = base
        let place = try #require(candidate.firstIndex { $0.payload.contains(#""name":"reboot""#) })
        candidate.remove(at: place)
        let differences = try TwoTapes.compare(base, candidate).differences
        #expect(differences.map(\.verdict) == [.missing] && differences.map(\.key) == ["reboot"])
        #expect(differences[0].candidate == nil && differences[0].changes.first?.base?["name"]?.string == "reboot")
        let reverse = try TwoTapes.compare(candidate, base).differences
        #expect(reverse.map(\.verdict) == [.extra] && reverse.map(\.key) == ["reboot"])
    }

    @Test func `a configuration that was never sent is missing, the others match by content`() throws {
        let base = TwoTapes.run()
        let candidate = base.filter {
            !($0.topic == "v1/device/\(TwoTapes.other)/config" && $0.payload.contains(#""version":2"#))
        }
        let differences = try TwoTapes.compare(base, candidate).differences
        #expect(differences.map(\.verdict) == [.missing] && differences[0].kind == .config)
        #expect(differences[0].key == "version 2" && differences[0].device?.text == TwoTapes.other)
    }

    @Test func `an answer that comes two seconds later is late, by its command's time`() throws {
        let base = TwoTapes.run()
        let candidate = base.map { message in
            var message = message
            if message.topic.hasSuffix("commands/update"), message.payload.contains("done") { message.second += 2 }
            return message
        }.sorted { $0.second < $1.second }
        let differences = try TwoTapes.compare(base, candidate).differences
        #expect(differences.count == 8)
        #expect(differences.allSatisfy { $0.verdict == .late && $0.lateness == 2_000_000_000 })
        // A conversation that begins later as a whole has one late command, and answers in time.
        let later = base.map { message in
            var message = message
            if message.payload.contains("c0ffee00-0000-4000-8000-100000000003") { message.second += 3 }
            return message
        }.sorted { $0.second < $1.second }
        let moved = try TwoTapes.compare(base, later).differences
        #expect(moved.map(\.verdict) == [.late] && moved[0].kind == .command && moved[0].key == "set_volume")
    }

    @Test func `a message at another place is reordered once`() throws {
        let base = TwoTapes.run()
        var candidate = base
        let place = try #require(
            candidate.firstIndex { $0.topic == "v1/device/\(TwoTapes.device)/config" && $0.payload.contains(":1,") })
        candidate[place].second += 14
        candidate.sort { $0.second < $1.second }
        let differences = try TwoTapes.compare(base, candidate).differences
        #expect(differences.map(\.verdict) == [.reordered])
        #expect(differences.first?.lateness == 14_000_000_000)
    }

    @Test func `telemetry is told metric by metric`() throws {
        let base = TwoTapes.run()
        var candidate = base
        let place = try #require(candidate.lastIndex { $0.topic == "v1/device/\(TwoTapes.device)/telemetry" })
        candidate[place].payload = """
            {"telemetries":{"temperature":99,"new":true},"status":"online","timestamp":"2026-11-22T10:00:00Z"}
            """
        let (differences, summary) = try TwoTapes.compare(base, candidate)
        let found = Dictionary(uniqueKeysWithValues: differences.map { ($0.key, $0) })
        #expect(found.mapValues(\.verdict) == ["temperature": .changed, "input": .missing, "new": .extra])
        #expect(found["temperature"]?.changes.first?.path == "/telemetries/temperature")
        #expect(summary.total[.changed] == 1 && summary.total.different == 1)
    }

    @Test func `a device map translates topics, properties and payloads`() throws {
        let base = TwoTapes.run()
        let mapped = "0000aaaa-0000-4000-8000-00000000000a"
        let candidate = base.map { message in
            var message = message
            message.topic = message.topic.replacing(TwoTapes.device, with: mapped)
            message.properties = message.properties.map { property in
                switch property {
                case .userProperty(let name, let value):
                    .userProperty(name: name, value: value.replacing(TwoTapes.device, with: mapped))
                case .responseTopic(let topic): .responseTopic(topic.replacing(TwoTapes.device, with: mapped))
                default: property
                }
            }
            return message
        }
        #expect(try TwoTapes.compare(base, candidate).differences.count > 10)
        var settings = DiffSettings()
        try settings.devices.add(DeviceID(TwoTapes.device), DeviceID(mapped))
        #expect(try TwoTapes.compare(base, candidate, settings).differences.isEmpty)
        #expect(throws: DeviceMapClash.self) { try settings.devices.add("x", DeviceID(mapped)) }
    }

    @Test func `one direction only`() throws {
        let base = TwoTapes.run()
        let candidate = base.filter { !$0.topic.hasSuffix("/config") }
        var settings = DiffSettings()
        settings.direction = .deviceToCloud
        #expect(try TwoTapes.compare(base, candidate, settings).differences.isEmpty)
        settings.direction = .cloudToDevice
        #expect(try TwoTapes.compare(base, candidate, settings).differences.count == 6)
    }

    @Test func `a redelivered duplicate counts once`() throws {
        let base = TwoTapes.run()
        var candidate = base
        var copy = candidate[5]
        copy.duplicateOf = 6
        candidate.insert(copy, at: 6)
        #expect(try TwoTapes.compare(base, candidate).differences.isEmpty)
    }

    @Test func `what is missing while the candidate did not record is marked`() throws {
        let base = TwoTapes.run()
        let candidate = try TwoTapes.tape(base.filter { !(20..<30).contains($0.second) })
        try candidate.add(
            gap: Gap(session: 1, cause: .disconnected, beganAt: TestTape.time(19.9), endedAt: TestTape.time(30)))
        let differences = try TwoTapes.compare(try TwoTapes.tape(base), candidate).differences
        #expect(differences.count > 3)
        #expect(differences.allSatisfy { $0.verdict == .missing && $0.isInGap })
    }

    @Test func `the wall clock may step, and a recording may begin before the run`() throws {
        let base = TwoTapes.run()
        let candidate = try TestTape()
        for (number, message) in base.enumerated() {
            if number == 30 { try candidate.stepClock(by: 3_600) }
            candidate.add(message.topic, message.payload, at: message.second + 500, properties: message.properties)
        }
        let (differences, summary) = try TwoTapes.compare(try TwoTapes.tape(base), candidate)
        #expect(differences.isEmpty && summary.offset == 500_000_000_000)
    }

    @Test func `payloads that are no JSON are compared by their bytes`() throws {
        let base = TwoTapes.run()
        let candidate = base.map { message in
            var message = message
            message.payload = message.payload.replacing("no json 1", with: "no json 2")
            return message
        }
        let differences = try TwoTapes.compare(base, candidate).differences
        #expect(differences.map(\.verdict) == [.changed] && differences[0].kind == .unknown)
        #expect(differences[0].changes.map(\.path) == ["/$text"] && differences[0].key == "vendor/x")
    }
}
