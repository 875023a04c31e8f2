import DeviceProtocol
import MQTTWire

/// Decodes a payload on a topic of a device `a`, from the usual direction.
func decode(_ suffix: String, _ payload: String) -> DecodedMessage {
    decode(suffix, Array(payload.utf8))
}

func decode(_ suffix: String, _ payload: [UInt8], properties: PublishProperties? = nil) -> DecodedMessage {
    let topic = "v1/device/a/\(suffix)"
    let usual = PublishProperties([
        .userProperty(name: "device_id", value: "a"), .userProperty(name: "access_key", value: "k"),
    ])
    let isFromDevice = MessageKind.of(topic: topic).defaultDirection == .deviceToCloud
    return DecodedMessage.decode(
        topic: topic, payload: payload, properties: properties ?? (isFromDevice ? usual : PublishProperties()))
}

extension DecodedMessage {
    var unknown: Unknown? { if case .unknown(let unknown) = message { unknown } else { nil } }
    var telemetry: Telemetry? { if case .telemetry(let telemetry) = message { telemetry } else { nil } }
    var commands: [Command]? { if case .commands(let commands) = message { commands } else { nil } }
    var licenses: [License]? { if case .licenses(let licenses) = message { licenses } else { nil } }
    var commandUpdate: CommandUpdate? {
        if case .commandUpdate(let update) = message { update } else { nil }
    }
    var config: Config? {
        switch message {
        case .config(let config): config
        case .configUpdate(let update): update.config
        default: nil
        }
    }
}
