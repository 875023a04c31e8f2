import DeviceProtocol
import MQTTWire
import Tape

@testable import Replay

/// What becomes of messages, without a tape.
struct Transforming {
    var script = ReplayScript(path: "", selection: Selection())

    init(_ change: (inout ReplayScript) throws -> Void = { _ in }) rethrows {
        script.admission.includesCloud = true
        try change(&script)
    }

    /// Everything that is published of some messages.
    func callAsFunction(_ messages: [RecordedMessage]) throws -> [OutgoingMessage] {
        var preparation = MessagePreparation(script)
        var sent: [OutgoingMessage] = []
        _ = try preparation.publishState {
            sent.append($0); return true
        }
        for message in messages {
            _ = try preparation.publish(message) {
                sent.append($0); return true
            }
        }
        _ = preparation.finish {
            sent.append($0); return true
        }
        return sent
    }

    /// The payload that one message is sent with; nil when it is not sent.
    func payload(_ topic: String, _ payload: String, _ properties: [PublishProperty] = []) throws -> String? {
        try self([SampleTape.message(topic, payload: payload, properties)]).first.map {
            String(decoding: $0.payload, as: UTF8.self)
        }
    }

    /// What was touched by some messages.
    func counts(_ messages: [RecordedMessage]) throws -> TransformationCounts {
        var preparation = MessagePreparation(script)
        preparation.collectExamples()
        for message in messages { _ = try preparation.publish(message) { _ in true } }
        return preparation.counts
    }
}

extension ReplayScript {
    mutating func map(_ source: String, _ target: String) throws {
        try transformation.devices.add(from: DeviceID(source), to: DeviceID(target), origin: "test")
    }
}
