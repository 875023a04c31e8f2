import DeviceProtocol

/// Follows the lives of commands through the messages about them.
///
/// Knows nothing of tapes. Keeps a few bytes of each command, which are enough to match messages with it, and the lives
/// of those whose numbers were asked for.
struct CommandTracker {
    /// When and where a message was seen.
    struct Sighting {
        var arrival: Timestamp
        /// Monotonic time of arrival, comparable within the session only, ns.
        var monotonic: Int64
        var session: Int64
        /// The device of the topic, by the tracker's number; the payload may name another one.
        var topicDevice: Int32
        /// Whether the query asks for this moment.
        var isSelected: Bool
    }

    /// What a message says of a command.
    struct Word {
        /// Nil also for an empty one.
        var id: CommandID?
        /// The device as the payload names it.
        var device: DeviceID?
        var status: CommandStatus?
        var name: String?
        /// What an update says to people.
        var message: String?
    }

    /// What a message meant to a command.
    struct Touch {
        /// The command, in order of first sight from 0.
        var number: Int
        /// Whether it had been seen before.
        var wasKnown: Bool
        /// What led there; nil for a command that was not known.
        var match: CommandRow.Match?
        /// What is odd about the command since this message.
        var news: CommandLife.Anomalies
    }

    private struct Facts: OptionSet {
        let rawValue: UInt8

        /// It has not ended, so that an update without id may be about it.
        static let isOpen = Facts(rawValue: 1)
        /// It came with its own id as correlation data.
        static let correlatesByID = Facts(rawValue: 2)
    }

    private static let manyLives = 4096

    /// The commands whose lives are kept, by number.
    let kept: Range<Int>
    /// Their lives, in order.
    private var lives: [CommandLife] = []
    /// The device of each command, by number.
    private var owners: [Int32] = []
    /// What matching needs to know of each command, by number.
    private var facts: [Facts] = []
    /// The devices by number; 0 stands for none.
    private var devices: [DeviceID?] = [nil]
    private var deviceNumbers: [DeviceID: Int32] = [:]
    private var index = CommandIndex()
    private var unnamed = UnnamedCommands()

    /// Begins without commands.
    ///
    /// - Parameter kept: the commands whose lives are wanted, numbered in order of first sight from 0.
    init(keeping kept: Range<Int> = 0..<Int.max) {
        self.kept = kept
    }

    /// How many commands there are, those whose lives are not kept included.
    var count: Int { owners.count }

    /// The number of a device, by which sightings name it.
    mutating func deviceNumber(_ device: DeviceID?) -> Int32 {
        guard let device else { return 0 }
        if let known = deviceNumbers[device] { return known }
        let number = Int32(truncatingIfNeeded: devices.count)
        deviceNumbers[device] = number
        devices.append(device)
        return number
    }

    /// Notes that a command was delivered, in a message with that correlation data.
    @discardableResult
    mutating func deliver(_ command: Word, correlation: [UInt8]?, _ sighting: Sighting) -> Touch {
        let topicDevice = sighting.topicDevice
        let device = command.device.map { deviceNumber($0) } ?? topicDevice
        let id = command.id
        let known = id.map { index.find(.id($0), device) } ?? unnamed.find(device, command.name)
        let number = known ?? add(id, device, sighting)
        if known == nil, id == nil { unnamed.begin(number, device, command.name) }
        if let id, device != topicDevice { index.note(.spokenFor(id), topicDevice, number) }
        note(correlation, topicDevice, number)
        let news = change(number, wasKnown: known != nil) { life in
            if device != topicDevice { life.hasSpeaker = true }
            life.deliver(command, sighting)
        }
        if command.status?.isTerminal ?? false { end(number) }
        return Touch(
            number: number, wasKnown: known != nil, match: known == nil ? nil : id == nil ? .inferred : .id, news: news)
    }

    /// Notes what a device said about a command, in a message with that correlation data.
    @discardableResult
    mutating func update(_ update: Word, correlation: [UInt8]?, _ sighting: Sighting) -> Touch {
        let device = update.device.map { deviceNumber($0) } ?? sighting.topicDevice
        let count = count
        let (number, match) = match(update, device, correlation, sighting)
        let wasKnown = number < count
        let news = change(number, wasKnown: wasKnown) { $0.update(update, match, sighting) }
        unnamed.rename(number, update.name)
        if update.status?.isTerminal ?? false { end(number) }
        return Touch(number: number, wasKnown: wasKnown, match: wasKnown ? match : nil, news: news)
    }

    /// The life of a command that is kept, by its number.
    func life(_ number: Int) -> CommandLife { lives[number - kept.lowerBound] }

    /// The device of a command.
    func device(of life: borrowing CommandLife) -> DeviceID? { devices[Int(life.device)] }

    /// Goes through the kept commands with a selected message, in order of first sight.
    ///
    /// - Parameters:
    ///   - devices: whose commands; both the device that works and the one that speaks for it count.
    ///   - body: is given each of them.
    func forEachSelected(of devices: DeviceSelection, _ body: (borrowing CommandLife) -> Void) {
        for number in selected(of: devices) { body(lives[number - kept.lowerBound]) }
    }

    /// The numbers of the kept commands with a selected message, in order of first sight.
    func selected(
        of devices: DeviceSelection, where isWanted: (borrowing CommandLife) -> Bool = { _ in true }
    ) -> [Int] {
        let own = self.devices.map { devices.contains($0) }
        var numbers: [Int] = []
        for index in lives.indices where lives[index].isSelected {
            guard own[Int(lives[index].device)] || own[Int(lives[index].first.topicDevice)], isWanted(lives[index])
            else { continue }
            numbers.append(index + kept.lowerBound)
        }
        return numbers
    }

    /// The row of a kept command, by its number, in an answer that ends at `end`.
    func row(_ number: Int, until end: Timestamp) -> CommandRow {
        let place = number - kept.lowerBound
        return lives[place].row(of: devices[Int(lives[place].device)], until: end)
    }

    // MARK: Matching

    /// Gives a command its correlation data as a name; mostly that is its id, which finds it as well.
    private mutating func note(_ correlation: [UInt8]?, _ topicDevice: Int32, _ number: Int) {
        guard let correlation, !correlation.isEmpty else { return }
        if let named = commandNamed(correlation, topicDevice) {
            if named == number, index.find(.correlation(correlation), topicDevice) == nil {
                facts[number].insert(.correlatesByID)
                return
            }
            // Two have it now.
            if facts[named].contains(.correlatesByID) { index.note(.correlation(correlation), topicDevice, named) }
        }
        index.note(.correlation(correlation), topicDevice, number)
    }

    /// The command whose id is the text of that correlation data.
    private func commandNamed(_ correlation: [UInt8], _ topicDevice: Int32) -> Int? {
        guard let text = String(validating: correlation, as: UTF8.self) else { return nil }
        return index.find(.id(CommandID(text)), topicDevice)
    }

    private mutating func match(
        _ update: Word, _ device: Int32, _ correlation: [UInt8]?, _ sighting: Sighting
    ) -> (Int, CommandRow.Match?) {
        let topicDevice = sighting.topicDevice
        if let id = update.id {
            if let number = find(id, device, topicDevice) { return (number, .id) }
            return (add(id, device, sighting), .id)
        }
        if let correlation, !correlation.isEmpty {
            if let number = index.find(.correlation(correlation), topicDevice) { return (number, .correlation) }
            if let number = commandNamed(correlation, topicDevice), facts[number].contains(.correlatesByID) {
                return (number, .correlation)
            }
            // The vendor's agent puts the command's id there.
            if let id = String(validating: correlation, as: UTF8.self).map({ CommandID($0) }) {
                if let number = find(id, device, topicDevice) { return (number, .correlation) }
            }
        }
        if let only = index.onlyOpen(device) { return (only, .inferred) }
        return (add(nil, device, sighting, isOrphan: true), nil)
    }

    /// The command of a device with that id; who speaks for a child may leave the child's name out, or name itself.
    private func find(_ id: CommandID, _ device: Int32, _ topicDevice: Int32) -> Int? {
        if let number = index.find(.id(id), device) ?? index.find(.spokenFor(id), topicDevice) { return number }
        return device == topicDevice ? nil : index.find(.id(id), topicDevice)
    }

    private mutating func add(
        _ id: CommandID?, _ device: Int32, _ sighting: Sighting, isOrphan: Bool = false
    ) -> Int {
        let number = owners.count
        owners.append(device)
        facts.append(isOrphan ? [] : .isOpen)
        if !isOrphan { index.setOpen(number, device, true) }
        if kept.contains(number) {
            // Of many, room for all at once: growing doubles it.
            if lives.count == Self.manyLives { lives.reserveCapacity(min(kept.count, 16 * Self.manyLives)) }
            lives.append(CommandLife(id: id, device: device, sighting))
        }
        if let id { index.note(.id(id), device, number) }
        return number
    }

    private mutating func end(_ number: Int) {
        guard facts[number].remove(.isOpen) != nil else { return }
        index.setOpen(number, owners[number], false)
        unnamed.end(number)
    }

    /// Changes a life, if it is kept, and answers what is odd about it since.
    private mutating func change(
        _ number: Int, wasKnown: Bool, _ body: (inout CommandLife) -> Void
    ) -> CommandLife.Anomalies {
        guard kept.contains(number) else { return [] }
        let place = number - kept.lowerBound
        let before = wasKnown ? lives[place].anomalies : []
        body(&lives[place])
        return lives[place].anomalies.subtracting(before)
    }
}
