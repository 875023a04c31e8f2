import DeviceProtocol

/// Follows the lives of commands through the messages about them.
///
/// Knows nothing of tapes; keeps one compact record a command.
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

    private var lives: [CommandLife] = []
    /// The devices by number; 0 stands for none.
    private var devices: [DeviceID?] = [nil]
    private var deviceNumbers: [DeviceID: Int32] = [:]
    private var index = CommandIndex()

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
    mutating func deliver(_ command: Word, correlation: [UInt8]?, _ sighting: Sighting) {
        let topicDevice = sighting.topicDevice
        let device = command.device.map { deviceNumber($0) } ?? topicDevice
        let id = command.id
        let number = find(id, device, name: command.name) ?? add(id, device, sighting)
        if let id, device != topicDevice { index.note(.id(id), topicDevice, number) }
        if let correlation, !correlation.isEmpty { index.note(.correlation(correlation), topicDevice, number) }
        lives[number].deliver(command, sighting)
        refreshOpen(number)
    }

    /// Notes what a device said about a command, in a message with that correlation data.
    mutating func update(_ update: Word, correlation: [UInt8]?, _ sighting: Sighting) {
        let device = update.device.map { deviceNumber($0) } ?? sighting.topicDevice
        let (number, match) = match(update, device, correlation, sighting)
        lives[number].update(update, match, sighting)
        refreshOpen(number)
    }

    /// Goes through the commands with a selected message, in order of first sight.
    ///
    /// - Parameters:
    ///   - devices: whose commands; both the device that works and the one that speaks for it count.
    ///   - body: is given each of them.
    func forEachSelected(of devices: DeviceSelection, _ body: (borrowing CommandLife) -> Void) {
        let isWanted = self.devices.map { devices.contains($0) }
        for index in lives.indices where lives[index].isSelected {
            guard isWanted[Int(lives[index].device)] || isWanted[Int(lives[index].first.topicDevice)] else { continue }
            body(lives[index])
        }
    }

    /// The row of a command in an answer that ends at `end`.
    func row(_ life: borrowing CommandLife, until end: Timestamp) -> CommandRow {
        life.row(of: devices[Int(life.device)], until: end)
    }

    private func find(_ id: CommandID?, _ device: Int32, name: String?) -> Int? {
        if let id { return index.find(.id(id), device) }
        // Without an id a delivery that looks like what the device has open is taken for a repeat of it.
        return index.open(device).last { lives[$0].id == nil && lives[$0].hasName(name) }
    }

    private mutating func match(
        _ update: Word, _ device: Int32, _ correlation: [UInt8]?, _ sighting: Sighting
    ) -> (Int, CommandRow.Match?) {
        let topicDevice = sighting.topicDevice
        if let id = update.id {
            if let number = index.find(.id(id), device) { return (number, .id) }
            // Who speaks for a child may leave the child's name out.
            if let number = index.find(.id(id), topicDevice) { return (number, .id) }
            return (add(id, device, sighting), .id)
        }
        if let correlation, !correlation.isEmpty {
            if let number = index.find(.correlation(correlation), topicDevice) { return (number, .correlation) }
            // The vendor's agent puts the command's id there.
            if let id = String(validating: correlation, as: UTF8.self).map({ CommandID($0) }) {
                if let number = index.find(.id(id), device) ?? index.find(.id(id), topicDevice) {
                    return (number, .correlation)
                }
            }
        }
        let open = index.open(device)
        if open.count == 1, let only = open.first { return (only, .inferred) }
        return (add(nil, device, sighting, isOrphan: true), nil)
    }

    private mutating func add(
        _ id: CommandID?, _ device: Int32, _ sighting: Sighting, isOrphan: Bool = false
    ) -> Int {
        lives.append(CommandLife(id: id, device: device, sighting, isOrphan: isOrphan))
        if let id { index.note(.id(id), device, lives.count - 1) }
        return lives.count - 1
    }

    private mutating func refreshOpen(_ number: Int) {
        let isOpen = !lives[number].isOrphan && !lives[number].state.isFinal
        index.setOpen(number, lives[number].device, isOpen)
    }
}
