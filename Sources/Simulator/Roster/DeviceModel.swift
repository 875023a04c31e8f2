/// The kinds of devices of the fleet.
enum DeviceModel: Int, Sendable, Hashable, CaseIterable {
    /// A screen in a meeting room.
    case display
    /// A projector in a lecture hall.
    case projector
    /// A sensor of the air in a room.
    case sensor
    /// A network switch.
    case networkSwitch
    /// A player for digital signage.
    case player

    /// What the model is called in device names.
    var title: String {
        switch self {
        case .display: "Display"
        case .projector: "Projector"
        case .sensor: "Air Sensor"
        case .networkSwitch: "Switch"
        case .player: "Player"
        }
    }

    /// The names of custom commands, beside the standard ones.
    var customCommands: [String] {
        switch self {
        case .display: ["set_input", "set_volume"]
        case .projector: ["open_shutter", "lamp_test"]
        case .sensor: ["calibrate", "identify"]
        case .networkSwitch: ["cycle_port", "clear_counters"]
        case .player: ["play_title", "sync_content"]
        }
    }
}
