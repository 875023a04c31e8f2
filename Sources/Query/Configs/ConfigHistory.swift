import DeviceProtocol
import JSONScan
import Tape

/// The versions of one device's configuration while its messages go by.
struct ConfigHistory {
    /// What tells a version from others: numbers by their value, so that `10` and `"10"` are the same.
    private enum Key: Hashable {
        case none
        case number(Int64)
        case text([UInt8])

        init(_ version: ConfigVersion?) {
            guard let version else {
                self = .none
                return
            }
            self = version.number.map { .number($0) } ?? .text(Array(version.text.utf8))
        }
    }

    private var lives: [ConfigLife] = []
    private var numbers: [Key: Int] = [:]
    /// The one that the cloud sent last.
    private var sent: Int?
    /// The one that the device named last, and since when.
    private var named: (life: Int, since: Moment)?
    /// The content that was sent or echoed last.
    private var content: (life: Int, fields: [JSONMember])?
    private let keepsChanges: Bool

    init(keepsChanges: Bool) {
        self.keepsChanges = keepsChanges
    }

    /// The cloud sent a configuration.
    mutating func send(_ config: Config, isAmbiguous: Bool, _ sight: LifeScan.Sight) {
        let life = life(config.version, sight)
        let digest = ConfigDigest.of(config.fields)
        lives[life].deliveries += 1
        if lives[life].sentAt == nil {
            lives[life].sentAt = sight.moment
            if named?.life == life { lives[life].anomalies.insert(.echoBeforeSent) }
        }
        lives[life].lastUpdated = config.lastUpdated.timestamp ?? lives[life].lastUpdated
        if isAmbiguous { lives[life].anomalies.insert(.ambiguous) }
        if config.version == nil { lives[life].anomalies.insert(.missingVersion) }
        if let known = lives[life].digest, known != digest { lives[life].anomalies.insert(.contentChanged) }
        if let sent, sent != life, let before = lives[sent].version?.number, let now = config.version?.number,
            now < before
        {
            lives[life].anomalies.insert(.wentBack)
        }
        compare(config.fields, life)
        lives[life].digest = digest
        content = (life, config.fields)
        sent = life
    }

    /// The device sent a configuration back.
    mutating func echo(_ config: Config, isAmbiguous: Bool, _ sight: LifeScan.Sight) {
        let life = life(config.version, sight)
        lives[life].echoes += 1
        lives[life].echoedAt = lives[life].echoedAt ?? sight.moment
        if config.version == nil { lives[life].anomalies.insert(.missingVersion) }
        if lives[life].sentAt == nil {
            // Without a version it may be anything, and is nothing to compare others with.
            if config.version != nil {
                compare(config.fields, life)
                content = (life, config.fields)
            }
        } else if let known = lives[life].digest, known != ConfigDigest.of(config.fields) {
            lives[life].anomalies.insert(.echoDiffers)
            if keepsChanges, let content, content.life == life, lives[life].echoChanges == nil {
                lives[life].echoChanges = ConfigChange.between(content.fields, config.fields)
            }
        }
        name(life, sight.moment)
    }

    /// The device named the version that it has.
    mutating func apply(_ version: ConfigVersion, _ sight: LifeScan.Sight) {
        let life = life(version, sight)
        lives[life].appliedAt = lives[life].appliedAt ?? sight.moment
        name(life, sight.moment)
    }

    private mutating func name(_ life: Int, _ moment: Moment) {
        if named?.life != life { named = (life, moment) }
        if let sentAt = lives[life].sentAt, lives[life].lag == nil { lives[life].lag = moment.since(sentAt) }
    }

    private mutating func life(_ version: ConfigVersion?, _ sight: LifeScan.Sight) -> Int {
        let key = Key(version)
        let number: Int
        if let known = numbers[key] {
            number = known
        } else {
            number = lives.count
            numbers[key] = number
            lives.append(ConfigLife(version: version))
        }
        if sight.isSelected { lives[number].isSelected = true }
        return number
    }

    /// Notes how a version differs from the one before, at its first sight with a content.
    private mutating func compare(_ fields: [JSONMember], _ life: Int) {
        defer { lives[life].hasContent = true }
        guard !lives[life].hasContent, let content, content.life != life else { return }
        let changes = ConfigChange.between(content.fields, fields)
        lives[life].previous = content.life
        lives[life].changeCount = changes.count
        if keepsChanges { lives[life].changes = changes }
    }

    /// The versions of which a message was selected, in order of first sight.
    func rows(of device: DeviceID?, until end: Timestamp) -> [ConfigRow] {
        lives.indices.filter { lives[$0].isSelected }.map { number in
            let life = lives[number]
            var row = ConfigRow(
                device: device, version: life.version?.text, state: state(number), sentAt: life.sentAt?.arrival,
                echoedAt: life.echoedAt?.arrival, appliedAt: life.appliedAt?.arrival, lag: life.lag,
                deliveries: life.deliveries, echoes: life.echoes, lastUpdated: life.lastUpdated,
                previous: life.previous.flatMap { lives[$0].version?.text }, changeCount: life.changeCount,
                changes: life.changes, echoChanges: life.echoChanges,
                anomalies: ConfigRow.Anomaly.allCases.filter(life.anomalies.contains))
            if row.state == .converged, let named, let sentAt = life.sentAt {
                row.convergedAt = max(named.since.arrival, sentAt.arrival)
            }
            if row.state == .waiting, let sentAt = life.sentAt {
                row.waitingFor = max(0, end.nanoseconds &- sentAt.arrival.nanoseconds)
            }
            return row
        }
    }

    private func state(_ number: Int) -> ConfigRow.State {
        if number == sent { return named?.life == number ? .converged : .waiting }
        return lives[number].sentAt == nil ? .local : .superseded
    }
}

/// What is kept of one version.
private struct ConfigLife {
    let version: ConfigVersion?
    var isSelected = false
    var sentAt: Moment?
    var echoedAt: Moment?
    var appliedAt: Moment?
    var lag: Int64?
    var deliveries = 0
    var echoes = 0
    var lastUpdated: Timestamp?
    var digest: Int?
    var hasContent = false
    var previous: Int?
    var changeCount: Int?
    var changes: [ConfigChange]?
    var echoChanges: [ConfigChange]?
    var anomalies: Set<ConfigRow.Anomaly> = []

    init(version: ConfigVersion?) {
        self.version = version
    }
}

/// Tells whether two configurations are the same without keeping them.
private enum ConfigDigest {
    /// Equal for members that are equal but for their order and the spelling of their numbers.
    static func of(_ members: [JSONMember]) -> Int {
        var hasher = Hasher()
        add(.object(members), &hasher)
        return hasher.finalize()
    }

    private static func add(_ value: JSONValue, _ hasher: inout Hasher) {
        switch value {
        case .number(let number):
            if let integer = number.int64 {
                hasher.combine(integer)
            } else if let integer = Int64(exactly: number.double) {
                hasher.combine(integer)
            } else {
                hasher.combine(number.double)
            }
        case .array(let elements):
            hasher.combine(elements.count)
            for element in elements { add(element, &hasher) }
        case .object(let members):
            hasher.combine(members.count)
            for member in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                add(member.key, &hasher)
                add(member.value, &hasher)
            }
        case .string(let text): add(text, &hasher)
        default: hasher.combine(value)
        }
    }

    /// By its bytes: a string would be hashed by canonical equivalence.
    private static func add(_ text: String, _ hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xff as UInt8)
    }
}
