extension DeviceModel {
    /// What a device of this model measures, each with where it stands at the beginning.
    ///
    /// `boot` is when the device was switched on, ns since the Unix epoch.
    func metrics(_ random: inout SeededGenerator, boot: Int64) -> [Metric] {
        switch self {
        case .display: Self.display(&random, boot)
        case .projector: Self.projector(&random)
        case .sensor: Self.sensor(&random)
        case .networkSwitch: Self.networkSwitch(&random, boot)
        case .player: Self.player(&random, boot)
        }
    }

    private static func display(_ random: inout SeededGenerator, _ boot: Int64) -> [Metric] {
        [
            Metric("fan_speed", .exact(95 + 10 * random.unit(), step: 2.5, within: 60...140)),
            Metric("panel_temperature", .daily(mean: 36 + 4 * random.unit(), amplitude: 5, noise: 0.6, places: 1)),
            Metric("backlight_hours", .counter(random.within(200...30_000), step: 1, volatile: false)),
            Metric("power", .flag(true, chance: 0.01)),
            Metric("input", .word(["hdmi1", "hdmi2", "displayport", "usbc"], index: random.below(4), chance: 0.02)),
            Metric("volume", .walk(Double(random.below(60)), step: 1, within: 0...100, places: 0)),
            Metric("usbc", .flag(random.chance(0.5), chance: 0.03)),
            Metric("usb_device", .attached(["Webcam C920", "Stift-Set", "keyboard"], index: 0, tellsRemoval: false)),
            Metric("uptime", .uptime(since: boot)),
        ]
    }

    private static func projector(_ random: inout SeededGenerator) -> [Metric] {
        [
            Metric("lampHours", .counter(random.within(10...4_000), step: 1, volatile: false)),
            Metric("lampTemperature", .daily(mean: 61, amplitude: 6, noise: 1.5, places: 1)),
            Metric("intakeTemperature", .daily(mean: 24, amplitude: 3, noise: 0.4, places: 2)),
            Metric("lensShift", .exact(random.unit() - 0.5, step: 0.001, within: -1...1)),
            Metric("shutterOpen", .flag(true, chance: 0.02)),
            Metric("source", .word(["HDMI 1", "HDBaseT", "VGA"], index: 0, chance: 0.02)),
            Metric("filter", .word(["ok", "replace soon"], index: 0, chance: 0.003)),
        ]
    }

    private static func sensor(_ random: inout SeededGenerator) -> [Metric] {
        [
            Metric("temperature", .daily(mean: 20.5 + 2 * random.unit(), amplitude: 2.5, noise: 0.2, places: 2)),
            Metric("humidity", .walk(35 + 20 * random.unit(), step: 0.7, within: 20...80, places: 1)),
            Metric("co2", .walk(600, step: 25, within: 390...2_400, places: 0)),
            Metric("pressure", .exact(1_005 + 15 * random.unit(), step: 0.08, within: 960...1_050)),
            Metric("occupied", .flag(false, chance: 0.05)),
            Metric("battery", .walk(3.6, step: 0.002, within: 2.9...3.7, places: 3)),
            Metric("signal", .word(["-61", "-64", "-67", "-72"], index: random.below(4), chance: 0.2)),
        ]
    }

    private static func networkSwitch(_ random: inout SeededGenerator, _ boot: Int64) -> [Metric] {
        [
            Metric("rx_bytes", .counter(random.within(0...9_000_000_000), step: 40_000_000, volatile: true)),
            Metric("tx_bytes", .counter(random.within(0...4_000_000_000), step: 25_000_000, volatile: true)),
            Metric("memory_total", .constant(8_589_934_592)),
            Metric("cpu.load", .exact(random.unit(), step: 0.15, within: 0...4)),
            Metric("poe_watts", .daily(mean: 88, amplitude: 40, noise: 6, places: 1)),
            Metric("port 7 link", .flag(true, chance: 0.01)),
            Metric("connection", .word(["ethernet", "4g"], index: 0, chance: 0.01)),
            Metric("uptime", .uptime(since: boot)),
        ]
    }

    private static func player(_ random: inout SeededGenerator, _ boot: Int64) -> [Metric] {
        [
            Metric("title", .word(["Willkommen im Café", "Menü", "会議室案内", "Safety \"first\""], index: 0, chance: 0.1)),
            Metric("freeDisk", .walk(4.1e10, step: 3e7, within: 1e9...6e10, places: 0)),
            Metric("loadAverage", .exact(random.unit() * 2, step: 0.3, within: 0...8)),
            Metric("framesDropped", .counter(0, step: 2, volatile: true)),
            Metric("playing", .flag(true, chance: 0.02)),
            Metric("screen", .attached(["HDMI-A-1", "HDMI-A-2"], index: 0, tellsRemoval: false)),
            Metric("uptime", .uptime(since: boot)),
        ]
    }
}
