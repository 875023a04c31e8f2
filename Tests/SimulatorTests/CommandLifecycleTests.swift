import DeviceProtocol
import MQTTWire
import Simulator
import Testing

/// Follows every command of a long simulated session as a recorder would see it.
@Suite struct CommandLifecycleTests {
    /// What was seen of one command.
    struct Trace {
        var deliveries: [CommandStatus.State] = []
        var words: [String] = []
        var states: [CommandStatus.State] = []
        var terminals: Int { states.count { $0 == .done || $0 == .failed } }
    }

    struct Key: Hashable {
        let device: DeviceID
        let id: String
    }

    private static let traces: [Key: Trace] = {
        var traces: [Key: Trace] = [:]
        for message in SimulatedSession(SimulationSettings(seed: 5)).prefix(40_000) {
            guard let device = DeviceTopic.parse(message.topic).device else { continue }
            let decoded = DecodedMessage.decode(
                topic: message.topic, payload: message.payload, properties: message.properties)
            switch decoded.message {
            case .commands(let commands):
                for command in commands {
                    traces[Key(device: device, id: command.id ?? ""), default: Trace()].deliveries
                        .append(command.status?.state ?? .other)
                }
            case .commandUpdate(let update):
                var trace = traces[Key(device: device, id: update.id ?? "–")] ?? Trace()
                trace.states.append(update.status?.state ?? .other)
                trace.words.append(update.status?.raw ?? "")
                traces[Key(device: device, id: update.id ?? "–")] = trace
            default: continue
            }
        }
        return traces
    }()

    private static func contains(_ matches: (Trace) -> Bool) -> Bool {
        traces.contains { $0.key.id != "–" && matches($0.value) }
    }

    @Test func `commands are worked on and done`() {
        #expect(Self.contains { $0.deliveries == [.pending] && $0.states == [.inProgress, .done] })
    }

    @Test func `commands fail in both words`() {
        #expect(Self.contains { $0.words == ["in_progress", "failed"] })
        #expect(Self.contains { $0.words == ["in_progress", "error"] })
    }

    @Test func `commands end without progress`() {
        #expect(Self.contains { $0.states == [.done] })
        #expect(Self.contains { $0.states == [.failed] })
    }

    @Test func `progress repeats, also with a hyphen`() {
        #expect(Self.contains { $0.states == [.inProgress, .inProgress, .inProgress, .done] })
        #expect(Self.contains { $0.words.contains("in-progress") })
    }

    @Test func `commands are delivered again and end after a restart`() {
        #expect(Self.contains { $0.deliveries == [.pending, .inProgress] && $0.states.last == .done })
    }

    @Test func `commands never end`() {
        #expect(Self.contains { !$0.deliveries.isEmpty && $0.states.isEmpty })
        #expect(Self.contains { $0.states == [.inProgress] })
    }

    @Test func `commands end twice, also differently`() {
        #expect(Self.contains { $0.states.suffix(2) == [.done, .done] })
        #expect(Self.contains { $0.states.suffix(2) == [.done, .failed] })
    }

    @Test func `updates without an id occur`() {
        #expect(Self.traces.contains { $0.key.id == "–" && $0.value.terminals > 3 })
    }

    @Test func `ids are numbers for some devices`() {
        #expect(Self.traces.keys.contains { Int($0.id) != nil })
    }

    @Test func `a device gets its next command only when the last one ended or was given up`() {
        var open: [DeviceID: (ids: Set<String>, since: Int64)] = [:]
        var known: Set<Key> = []
        for message in SimulatedSession(SimulationSettings(seed: 11)).prefix(20_000) {
            guard let device = DeviceTopic.parse(message.topic).device else { continue }
            let decoded = DecodedMessage.decode(
                topic: message.topic, payload: message.payload, properties: message.properties)
            switch decoded.message {
            case .commands(let commands) where !commands.isEmpty:
                let ids = Set(commands.compactMap(\.id))
                guard let id = ids.first, known.insert(Key(device: device, id: id)).inserted else { continue }
                for id in ids { known.insert(Key(device: device, id: id)) }
                if let earlier = open[device] {
                    #expect(
                        earlier.ids.isEmpty || message.dueOffset - earlier.since >= CloudModel.patience,
                        "\(device) got \(ids) while \(earlier.ids) was out")
                }
                open[device] = (ids, message.dueOffset)
            case .commandUpdate(let update) where update.status?.isTerminal ?? false:
                if let id = update.id {
                    open[device]?.ids.remove(id)
                } else {
                    open[device]?.ids = []
                }
            default: continue
            }
        }
        #expect(!known.isEmpty)
    }

    @Test func `correlation data are the command's id`() {
        var correlated = 0
        for message in SimulatedSession(SimulationSettings()).prefix(10_000)
        where MessageKind.of(topic: message.topic) == .commandUpdate {
            guard let correlation = message.properties.correlationData else { continue }
            correlated += 1
            let decoded = DecodedMessage.decode(
                topic: message.topic, payload: message.payload, properties: message.properties)
            guard case .commandUpdate(let update) = decoded.message else { continue }
            #expect(update.id.map { Array($0.utf8) } == correlation)
        }
        #expect(correlated > 10)
    }
}
