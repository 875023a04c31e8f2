import DeviceProtocol
import MQTTWire

extension DeviceProfile {
    /// The whole fleet of a simulation.
    static func roster(_ settings: SimulationSettings) -> [DeviceProfile] {
        (0..<settings.devices).map {
            DeviceProfile(index: $0, seed: settings.seed, identity: settings.identitySeed ?? settings.seed)
        }
    }

    /// Where each device of a fleet is found in it.
    static func positions(_ roster: [DeviceProfile]) -> [DeviceID: Int] {
        var positions: [DeviceID: Int] = [:]
        positions.reserveCapacity(roster.count)
        for profile in roster { positions[profile.id] = profile.index }
        return positions
    }

    /// Derives a device from the seed.
    ///
    /// Habits follow the index in cycles of different lengths instead of chance, so that even a small fleet has nearly
    /// all of them.
    private init(index: Int, seed: UInt64, identity: UInt64) {
        let stream = 0x0de5_1ce0_0000_0000 | UInt64(index)
        // Both draw the same, so that only ids and keys differ between fleets of one seed.
        var random = SeededGenerator(seed: seed, stream: stream)
        var names = SeededGenerator(seed: identity, stream: stream)
        _ = (random.uuid(), random.hex(32))
        let id = names.uuid()
        let accessKey = names.hex(32)
        let turn = index + Int(seed % 1_000)
        let model = DeviceModel(rawValue: turn % 5) ?? .display
        let place = Self.places[turn % Self.places.count]
        self.init(
            index: index, id: DeviceID(id), accessKey: accessKey,
            name: "\(place.name) \(model.title) \(index + 1)", model: model,
            spelling: [.compact, .spaced, .compact, .pretty][turn % 4],
            timestamps: Self.timestamps(turn, place.utcOffset), clockSkew: Self.skew(turn, &random),
            wrapsConfig: index % 3 != 0, namesDevice: index % 3 == 2, versionIsText: index % 11 == 6,
            secondGeneration: index % 4 == 3, children: [], telemetryQoS: turn % 7 == 2 ? .atMostOnce : .atLeastOnce,
            backfills: index % 3 == 1, sendsAllMetrics: turn % 3 != 2, echoesConfig: index % 6 != 5,
            acknowledgesRenewals: index % 4 != 2, commands: Self.habits(index),
            firmware: "1.\(random.below(4)).\(random.below(10))", utcOffset: place.utcOffset, room: place.name,
            properties: PublishProperties())
        if secondGeneration, index % 8 == 3 { children = [DeviceID(names.uuid()), DeviceID(names.uuid())] }
        properties.append(.userProperty(name: "device_id", value: id))
        properties.append(.userProperty(name: "access_key", value: accessKey))
        if index % 6 == 4 {
            properties.append(.payloadFormatIndicator(1))
            properties.append(.contentType("application/json"))
        }
    }

    private static let places: [(name: String, utcOffset: Int)] = [
        ("Lobby", 60), ("Boardroom Ä", 60), ("Lecture Hall 2", -300), ("Café", 0), ("Control Room", 330),
        ("Classroom 7", 345), ("Atrium", -480),
    ]

    private static func timestamps(_ turn: Int, _ utcOffset: Int) -> TimestampStyle {
        switch turn % 9 {
        case 0, 3, 6: .milliseconds
        case 1: .seconds
        case 2: .offset(minutes: utcOffset)
        case 4: .naive(minutes: utcOffset)
        case 5: .offset(minutes: 0)
        case 7: .absent
        default: turn % 2 == 0 ? .epochMilliseconds : .epochSeconds
        }
    }

    /// Most clocks are right within a fraction of a second, some are minutes off.
    private static func skew(_ turn: Int, _ random: inout SeededGenerator) -> Int64 {
        let milliseconds =
            switch turn % 10 {
            case 4: random.within(20_000...180_000)
            case 8: random.within(-90_000 ... -5_000)
            default: random.within(-80...80)
            }
        return milliseconds * 1_000_000
    }

    private static func habits(_ index: Int) -> CommandHabits {
        var habits = CommandHabits()
        switch index % 8 {
        case 1: habits.failedWord = "error"
        case 2: habits.correlates = false
        case 3: habits.answersEveryDelivery = true
        case 4:
            habits.echoesCommand = true
            habits.failedWord = "error"
        case 5:
            habits.namesCommand = false
            habits.correlates = false
        case 6: habits.progressWord = "in-progress"
        default: break
        }
        return habits
    }
}
