import DeviceProtocol
import MQTTWire
import Tape
import TapeTestSupport
import TestSupport
import Testing

@testable import Query

/// What columns tell of commands is what the messages tell.
@Suite struct SealedCommandsTests {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `sealed and unsealed tapes give the same commands`(_ seed: UInt64) throws {
        let fleet = try RandomFleet(
            seed: seed, messages: 500,
            habits: .init(redelivers: seed % 3 == 0, namesDevices: seed % 2 == 0, restarts: seed % 4 != 1),
            Self.message)
        let (plain, sealed) = (try fleet.plain.reader(), try fleet.sealed.reader())
        for selection in Self.selections {
            let query = CommandsQuery(selection)
            let expected = try query.answer(plain, openUntil: TestTape.time(1_000_000))
            let answer = try query.answer(sealed, openUntil: TestTape.time(1_000_000))
            #expect(answer.rows == expected.rows)
            #expect(answer.unreadable == expected.unreadable)
            #expect(answer.duplicates == expected.duplicates)
            #expect(answer.damages.isEmpty)
            let summary = try query.summary(sealed, openUntil: TestTape.time(1_000_000))
            #expect(summary.rows == Self.summary(of: expected.rows))
            #expect(summary.unreadable == expected.unreadable)
            #expect(summary.duplicates == expected.duplicates)
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `commands told in slices are the same`(_ seed: UInt64) throws {
        let fleet = try RandomFleet(
            seed: seed, messages: 300, habits: .init(redelivers: true, namesDevices: true), Self.message)
        let tape = try fleet.sealed.reader()
        let end = TestTape.time(1_000_000)
        for selection in Self.selections {
            let query = CommandsQuery(selection)
            let expected = try query.answer(tape, openUntil: end)
            var stream = try CommandStream(query, tape, openUntil: end, sliceSize: 7)
            var rows: [CommandRow] = []
            while let row = try stream.next() { rows.append(row) }
            let isSame = rows == expected.rows
            #expect(isSame)
            #expect(stream.beganBefore == expected.beganBefore)
            #expect(try query.summary(tape, openUntil: end, sliceSize: 5).rows == Self.summary(of: rows))
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `a story tells the same life as the rows`(_ seed: UInt64) throws {
        let fleet = try RandomFleet(
            seed: seed, messages: 400, habits: .init(redelivers: true, namesDevices: seed % 2 == 0), Self.message)
        let (plain, sealed) = (try fleet.plain.reader(), try fleet.sealed.reader())
        let end = TestTape.time(1_000_000)
        for selection in Self.selections {
            let rows = try CommandsQuery(selection).answer(plain, openUntil: end).rows
            let ids = rows.compactMap(\.id)
            let story = CommandStoryQuery(selection, ids: ids)
            let answer = try story.answer(plain, openUntil: end)
            let isSameLife = answer.commands == rows.filter { $0.id != nil }
            #expect(isSameLife)
            let isSameSealed = try story.answer(sealed, openUntil: end).events == answer.events
            #expect(isSameSealed)
            let told = answer.events.count { $0.kind != .duplicate }
            #expect(told == answer.commands.reduce(0) { $0 + $1.deliveries + $1.updates })
            for row in rows.prefix(3) {
                let one = try CommandStoryQuery(selection, ids: [row.id].compactMap(\.self)).answer(
                    sealed, openUntil: end)
                let isSame = one.commands == rows.filter { $0.id?.utf8.elementsEqual((row.id ?? "").utf8) ?? false }
                #expect(isSame)
            }
        }
    }

    private static var selections: [Selection] {
        var window = Selection()
        window.since = TestTape.time(900)
        window.until = TestTape.time(2_500)
        var session = Selection()
        session.sessions = [2]
        var device = Selection()
        device.devices = ["A"]
        var topics = Selection()
        if let filter = try? TopicFilter("v1/device/B/#") { topics.topics = [filter] }
        return [Selection(), window, session, device, topics]
    }

    // MARK: Messages

    private static let ids = [
        #""6b1f9a1e-5c5e-4a43-9b43-8d1d0f3a0001""#, #""6b1f9a1e-5c5e-4a43-9b43-8d1d0f3a0002""#,
        #""6B1F9A1E-5C5E-4A43-9B43-8D1D0F3A0002""#, #""6b1f9a1e-5c5e-4a43-9b43-8d1d0f3a0003""#,
        #""6b1f9a1e-5c5e-4a43-9b43-8d1d0f3a0004""#, "7", #""7""#, "-1.50", #""caf\u00e9""#, #""cafe\u0301""#, #""""#,
        "null", "true",
    ]

    private static func message(
        _ random: inout SeededGenerator, _ habits: RandomFleet.Habits
    ) -> (topic: String, payload: String, properties: [PublishProperty]) {
        let device = random.pick(["A", "B", "C"])
        let id = random.pick(ids)
        var properties: [PublishProperty] =
            random.once(in: 2) ? [.userProperty(name: "trace", value: "\(random.next() % 5)")] : []
        if random.once(in: 4) { properties.append(.correlationData(Array(id.utf8.dropFirst().dropLast()))) }
        if random.once(in: 9) { properties.append(.correlationData([0xff])) }
        if random.once(in: 2) {
            return ("v1/device/\(device)/commands/update", update(&random, habits, id), properties)
        }
        let topic = random.pick(["commands", "commands", "command", "command/children"])
        return ("v1/device/\(device)/\(topic)", delivery(&random, habits, id), properties)
    }

    private static func delivery(_ random: inout SeededGenerator, _ habits: RandomFleet.Habits, _ id: String) -> String
    {
        let name = random.pick([#""reboot""#, #""set_volume""#, #""caf\u00e9""#, "null", "3"])
        let status = random.pick([#""pending""#, #""in_progress""#, #""done""#, #""In-Progress""#, #""odd""#, "null"])
        let child =
            habits.namesDevices && random.once(in: 3) ? #""device_id":\#(random.pick([#""K""#, "12", #""""#])),"# : ""
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return "{}"
        case 1: return #"{"error":"none"}"#
        case 2: return #"[{"id":\#(id),\#(child)"name":\#(name)},{"id":"9","name":"b"}]"#
        case 3: return #"{"id":\#(id),"name":{"a":1},"status":\#(status)}"#
        case 4: return #"{"id":\#(id),"name":\#(name),"name":"again"}"#
        case 5: return "not json \(id)"
        case 6: return #"{"name":\#(name),"parameters":[1,2]}"#
        default:
            return
                #"{"id":\#(id),\#(child)"status":\#(status),"name":\#(name),"parameters":{"url":"\#(random.next() % 9)"}}"#
        }
    }

    private static func update(_ random: inout SeededGenerator, _ habits: RandomFleet.Habits, _ id: String) -> String {
        let status = random.pick([#""done""#, #""failed""#, #""in_progress""#, #""error""#, #""what""#, "null", "4"])
        let child = habits.namesDevices && random.once(in: 3) ? #""device_id":"K","# : ""
        let text = random.pick([#""fine""#, "null", "1", #""\u0041\n""#])
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return "{}"
        case 1: return #"{"error":\#(text)}"#
        case 2: return #"{"id":\#(id),"status":\#(status),"message":"first","error":\#(text)}"#
        case 3: return #"{"id":\#(id),"status":\#(status),"error":\#(text)}"#
        case 4: return #"{"id":[\#(id)],"status":\#(status)}"#
        case 5: return #"{"status":\#(status)}"#
        case 6: return #"[{"id":\#(id)}]"#
        case 7: return #"{"id":\#(id),"status":\#(status),"name":"reboot","parameters":{}}"#
        default: return #"{\#(child)"id":\#(id),"status":\#(status),"message":\#(text)}"#
        }
    }

    // MARK: Summary

    private static func summary(of rows: [CommandRow]) -> [CommandSummaryRow] {
        let names = Dictionary(grouping: rows) { $0.name.map { Array($0.utf8) } }
        return names.values.map { rows in
            let durations = rows.compactMap(\.duration).sorted()
            return CommandSummaryRow(
                name: rows[0].name, count: rows.count, done: rows.count { $0.state == .done },
                failed: rows.count { $0.state == .failed }, open: rows.count { !$0.state.isFinal },
                median: quantile(durations, 0.5), percentile95: quantile(durations, 0.95), longest: durations.last,
                redeliveries: rows.reduce(0) { $0 + max(0, $1.deliveries - 1) })
        }
        .sorted { first, second in
            if first.count != second.count { return first.count > second.count }
            guard let name = first.name, let other = second.name else { return first.name != nil }
            return name.utf8.lexicographicallyPrecedes(other.utf8)
        }
    }

    private static func quantile(_ sorted: [Int64], _ share: Double) -> Int64? {
        guard !sorted.isEmpty else { return nil }
        let place = share * Double(sorted.count - 1)
        let below = Double(sorted[Int(place)])
        let above = Double(sorted[min(Int(place) + 1, sorted.count - 1)])
        return Int64((below + (above - below) * (place - place.rounded(.down))).rounded())
    }
}
