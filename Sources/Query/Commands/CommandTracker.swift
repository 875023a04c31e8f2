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
        /// The device of the topic; the payload may name another one.
        var topicDevice: DeviceID?
        /// Whether the query asks for this moment.
        var isSelected: Bool
    }

    private var lives: [CommandLife] = []
    /// One copy of each device's id, which all its commands share.
    private var devices: Set<DeviceID> = []
    private var index = CommandIndex()

    /// Notes that a command was delivered, in a message with that correlation data.
    mutating func deliver(_ command: Command, correlation: [UInt8]?, _ sighting: Sighting) {
        let topicDevice = sighting.topicDevice
        let device = command.deviceID ?? topicDevice
        let id = command.id.flatMap { $0.isEmpty ? nil : $0 }
        let number = find(id, device, name: command.name) ?? add(id, device, sighting)
        if let id, device != topicDevice { index.note(.id(id), topicDevice, number) }
        if let correlation, !correlation.isEmpty { index.note(.correlation(correlation), topicDevice, number) }
        lives[number].deliver(command, sighting)
        refreshOpen(number)
    }

    /// Notes what a device said about a command, in a message with that correlation data.
    mutating func update(_ update: CommandUpdate, correlation: [UInt8]?, _ sighting: Sighting) {
        let (number, match) = match(update, update.deviceID ?? sighting.topicDevice, correlation, sighting)
        lives[number].update(update, match, sighting)
        refreshOpen(number)
    }

    /// The commands that the query asks for, in order of first sight.
    ///
    /// - Parameters:
    ///   - devices: whose commands; both the device that works and the one that speaks for it count.
    ///   - end: until when an open command counts as open.
    /// - Returns: a row for each of them.
    func rows(of devices: DeviceSelection, until end: Timestamp) -> [CommandRow] {
        lives.lazy
            .filter { $0.isSelected && (devices.contains($0.device) || devices.contains($0.first.topicDevice)) }
            .map { $0.row(until: end) }
    }

    private func find(_ id: String?, _ device: DeviceID?, name: String?) -> Int? {
        if let id { return index.find(.id(id), device) }
        // Without an id a delivery that looks like what the device has open is taken for a repeat of it.
        return index.open(device).last { lives[$0].id == nil && lives[$0].hasName(name) }
    }

    private mutating func match(
        _ update: CommandUpdate, _ device: DeviceID?, _ correlation: [UInt8]?, _ sighting: Sighting
    ) -> (Int, CommandRow.Match?) {
        let topicDevice = sighting.topicDevice
        if let id = update.id, !id.isEmpty {
            if let number = index.find(.id(id), device) { return (number, .id) }
            // Who speaks for a child may leave the child's name out.
            if let number = index.find(.id(id), topicDevice) { return (number, .id) }
            return (add(id, device, sighting), .id)
        }
        if let correlation, !correlation.isEmpty {
            if let number = index.find(.correlation(correlation), topicDevice) { return (number, .correlation) }
            // The vendor's agent puts the command's id there.
            if let id = String(validating: correlation, as: UTF8.self) {
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
        _ id: String?, _ device: DeviceID?, _ sighting: Sighting, isOrphan: Bool = false
    ) -> Int {
        let device = share(device)
        var sighting = sighting
        sighting.topicDevice = share(sighting.topicDevice)
        lives.append(CommandLife(id: id, device: device, sighting, isOrphan: isOrphan))
        if let id { index.note(.id(id), device, lives.count - 1) }
        return lives.count - 1
    }

    private mutating func share(_ device: DeviceID?) -> DeviceID? {
        device.map { devices.insert($0).memberAfterInsert }
    }

    private mutating func refreshOpen(_ number: Int) {
        let life = lives[number]
        index.setOpen(number, life.device, !life.isOrphan && !life.state.isFinal)
    }
}
