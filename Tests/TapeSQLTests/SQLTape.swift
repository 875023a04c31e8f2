import DeviceProtocol
import MQTTWire
import SQLite
import Tape
import TapeTestSupport
import TestSupport

@testable import TapeSQL

/// A tape that can be asked in SQL.
final class SQLTape {
    let tape = try? TestTape()
    private var reader: TapeReader?
    var stops = false

    /// The rows of a query, each value as SQLite's shell would show it; NULL is `~`.
    func ask(_ sql: String, _ parameters: [SQLValue] = []) throws -> [String] {
        let (statement, _) = try prepare(sql)
        for (index, value) in parameters.enumerated() { try statement.bind(value, to: index + 1) }
        var rows: [String] = []
        while try statement.step() {
            rows.append((0..<statement.columnCount).map { Self.text(statement.value(of: $0)) }.joined(separator: "|"))
        }
        return rows
    }

    /// What a query does, in the words of `EXPLAIN QUERY PLAN`.
    func plan(_ sql: String) throws -> String {
        let (statement, _) = try prepare("EXPLAIN QUERY PLAN " + sql)
        var steps: [String] = []
        while try statement.step() { steps.append(Self.text(statement.value(of: 3))) }
        return steps.joined(separator: "\n")
    }

    func prepare(_ sql: String) throws -> (ReadStatement, TapeSource) {
        let reader = try reader ?? tape?.reader()
        guard let reader else { throw TableError("no tape") }
        self.reader = reader
        let source = TapeSource(reader) { [unowned self] in stops }
        let database = try ReadOnlyDatabase { [unowned self] in stops }
        try TapeTables.register(on: database.handle, source)
        return (try database.prepare(sql), source)
    }

    func open() throws -> TapeReader {
        let opened = try reader ?? tape?.reader()
        guard let opened else { throw TableError("no tape") }
        reader = opened
        return opened
    }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "~"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(let value): value
        case .blob(let bytes): "x'" + bytes.map { String($0, radix: 16) }.joined() + "'"
        }
    }
}

/// Two tapes with the same odd messages: one as it was recorded, one sealed in several segments.
struct OddFleet {
    let plain = SQLTape()
    let sealed = SQLTape()

    init(seed: UInt64, messages: Int = 400) throws {
        var random = SeededGenerator(seed: seed)
        var second = 0.0
        for number in 0..<messages {
            second += Double(Int.random(in: 1...20_000, using: &random)) / 1_000
            let (topic, payload) = Self.message(&random)
            let repeats = number > 10 && Int.random(in: 0..<15, using: &random) == 0
            let properties: [PublishProperty] =
                Bool.random(using: &random) ? [.userProperty(name: "device_id", value: random.pick(["A", "B"]))] : []
            for tape in [plain.tape, sealed.tape] {
                tape?.add(
                    topic, payload, at: second, properties: properties, retain: number % 9 == 0,
                    duplicateOf: repeats ? Int64(number) - 3 : nil)
            }
            if number % 130 == 129, let path = sealed.tape?.path {
                try sealed.tape?.commit()
                try plain.tape?.commit()
                if number % 260 == 259 {
                    for tape in [plain.tape, sealed.tape] {
                        try tape?.beginSession(wall: second + 5, monotonic: 3)
                    }
                    second = 4
                }
                let sealer = try TapeSealer(path: path, besideWriter: true)
                while try sealer.sealNext(.all) != nil {}
            }
        }
    }

    private static func message(_ random: inout SeededGenerator) -> (topic: String, payload: String) {
        let device = random.pick(["A", "B", "C", "café", "cafe\u{301}"])
        let kind = random.pick([
            "telemetry", "telemetry", "telemetry", "telemetry", "commands", "config/update", "get", "odd/thing",
        ])
        guard kind == "telemetry" else {
            return ("v1/device/\(device)/\(kind)", random.pick(["{}", "", "[1]", "null"]))
        }
        return ("v1/device/\(device)/telemetry", telemetry(&random))
    }

    private static func telemetry(_ random: inout SeededGenerator) -> String {
        let number = "\(Int.random(in: 200...900, using: &random))"
        let value = random.pick([
            number, "\(number).5", "\(number).0", "-0", "9223372036854775807", "9223372036854775808", "1e400", "1E2",
            "true", "false", "null", #""on""#, #""caf\u00e9 \"x\"""#, #""""#, "[1,2]", #"{"a":1}"#, "{}", "[]",
        ])
        let usual = random.pick(["21.5", "22", "19.75", "20.0", "18.25"])
        return random.pick([
            #"{"status":"online","telemetries":{"temp":\#(usual),"fan":\#(number)}}"#,
            #"{"status":"online","timestamp":"2026-11-22T14:00:\#(Int.random(in: 10...59, using: &random))Z","telemetries":{"temp":\#(usual),"state":"idle"}}"#,
            #"{"status":"online","telemetries":{"temp":\#(value)}}"#,
            #"{"status":"offline","telemetries":{}}"#,
            #"{"override":true,"telemetries":{"temp":\#(value),"fan":null}}"#,
            #"{"override":true,"status":"error","telemetries":{}}"#,
            #"{"override":true,"telemetries":{}}"#,
            #"{"override":false,"telemetries":{"status":"own","temp":\#(usual)},"status":"x"}"#,
            #"{"device_id":"\#(random.pick(["A", "child", ""]))","status":"online","telemetries":{"temp":\#(usual)}}"#,
            #"{"device_id":7,"timestamp":1795356000,"telemetries":{"temp":\#(usual)}}"#,
            #"{"telemetries":{"temp":1,"temp":2}}"#, #"{"telemetries":[1,2]}"#, #"{"telemetries":5}"#,
            #"{"common":{"status":"online","temp":\#(usual)},"custom":{"fan":3}}"#,
            #"{"aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa":{"status":"online","telemetries":{"temp":1}},"bbbbbbbb-aaaa-aaaa-aaaa-aaaaaaaaaaaa":{"telemetries":{"temp":2}}}"#,
            #"{"status":5,"timestamp":"garbage","telemetries":{"temp":\#(usual)}}"#,
            #"{"telemetries":{"temp":\#(usual)"#, "", "null", #""{\"telemetries\":{\"temp\":1}}""#,
            #"{"error":"no"}"#,
        ])
    }
}

extension SeededGenerator {
    /// One of several.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
