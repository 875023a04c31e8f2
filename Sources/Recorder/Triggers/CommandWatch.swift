import DeviceProtocol

/// Follows commands as far as triggers need it: which have not ended, and since when; which failed.
///
/// A command is known by its id, or by the correlation data that it came with.
struct CommandWatch {
    private struct Key: Hashable {
        var device: DeviceID?
        /// Bytes, because strings compare by canonical equivalence.
        var id: [UInt8]
    }

    private struct Life {
        var since: Int64
        var sequence: Int64
        var name: String?
    }

    private let limit: Int64?
    private var open: [Key: Life] = [:]
    /// The devices of the open commands with an id, and the ids of the open commands of a device.
    private var devices: [[UInt8]: Set<DeviceID?>] = [:]
    private var ids: [DeviceID?: Set<[UInt8]>] = [:]
    /// Devices that have a command open for too long.
    private var holding: Set<DeviceID?> = []
    private var failed: Set<Key> = []
    /// The same, oldest first, so that the oldest can be forgotten.
    private var failures: [Key] = []

    /// Commands that are followed at once.
    static let manyCommands = 16_384
    private static let manyFailures = 4_096
    private static let longestText = 200

    /// - Parameter limit: how long a command may be open, ns; nil asks for failed ones instead.
    init(openFor limit: Int64?) {
        self.limit = limit
    }

    /// Takes a message about commands; gives the commands that failed by it.
    mutating func see(
        _ message: DeviceMessage, topicDevice: DeviceID?, correlation: [UInt8]?, sequence: Int64, at monotonic: Int64
    ) -> [(device: DeviceID?, value: String)] {
        switch message {
        case .commands(let commands):
            for command in commands {
                guard let key = key(command.id, correlation, command.deviceID ?? topicDevice) else { continue }
                if command.status?.isTerminal ?? false {
                    close(key)
                } else if limit != nil, open[key] == nil, open.count < Self.manyCommands, isFollowed(key) {
                    let name = command.name.map { TriggerWatch.beginning($0, bytes: Self.longestText) }
                    open[key] = Life(since: monotonic, sequence: sequence, name: name)
                    devices[key.id, default: []].insert(key.device)
                    ids[key.device, default: []].insert(key.id)
                }
            }
        case .commandUpdate(let update): return see(update, topicDevice, correlation)
        default: break
        }
        return []
    }

    private mutating func see(
        _ update: CommandUpdate, _ topicDevice: DeviceID?, _ correlation: [UInt8]?
    ) -> [(device: DeviceID?, value: String)] {
        guard let status = update.status else { return [] }
        let device = update.deviceID ?? topicDevice
        let key = key(update.id, correlation, device) ?? Key(device: device, id: [])
        if status.isTerminal { close(find(key, topicDevice)) }
        guard limit == nil, isFollowed(key) else { return [] }
        guard status.state == .failed else {
            if failed.remove(key) != nil { failures.removeAll { $0 == key } }
            return []
        }
        guard failed.insert(key).inserted else { return [] }
        failures.append(key)
        if failures.count > Self.manyFailures { failed.remove(failures.removeFirst()) }
        let id = update.id.map { "command \($0) " } ?? "a command without id "
        let words = update.message.map { ": " + TriggerWatch.beginning($0, bytes: Self.longestText) } ?? ""
        return [(device, id + "failed" + words)]
    }

    /// The open command that an update is about: who speaks for a child may leave the child's name out, or the id.
    private func find(_ key: Key, _ topicDevice: DeviceID?) -> Key? {
        if open[key] != nil { return key }
        if key.id.isEmpty {
            guard let known = ids[key.device], known.count == 1, let only = known.first else { return nil }
            return Key(device: key.device, id: only)
        }
        guard let known = devices[key.id] else { return nil }
        if known.contains(topicDevice) { return Key(device: topicDevice, id: key.id) }
        guard known.count == 1, let only = known.first else { return nil }
        return Key(device: only, id: key.id)
    }

    private mutating func close(_ key: Key?) {
        guard let key, open.removeValue(forKey: key) != nil else { return }
        devices[key.id]?.remove(key.device)
        if devices[key.id]?.isEmpty ?? false { devices[key.id] = nil }
        ids[key.device]?.remove(key.id)
        if ids[key.device]?.isEmpty ?? false { ids[key.device] = nil }
    }

    private func isFollowed(_ key: Key) -> Bool {
        key.id.count <= TriggerWatch.longestName && TriggerWatch.isFollowed(key.device)
    }

    private func key(_ id: String?, _ correlation: [UInt8]?, _ device: DeviceID?) -> Key? {
        if let id, !id.isEmpty { return Key(device: device, id: Array(id.utf8)) }
        guard let correlation, !correlation.isEmpty else { return nil }
        return Key(device: device, id: correlation)
    }

    /// Looks at the time; gives the devices that have a command open for too long since now.
    mutating func tick(_ now: Int64) -> [(device: DeviceID?, sequence: Int64, value: String)] {
        guard let limit else { return [] }
        var late: [DeviceID?: (key: Key, life: Life)] = [:]
        for (key, life) in open where now &- life.since > limit {
            if let known = late[key.device], known.life.since <= life.since { continue }
            late[key.device] = (key, life)
        }
        let fresh = late.filter { !holding.contains($0.key) }
        holding = Set(late.keys)
        return fresh.values.sorted { $0.life.sequence < $1.life.sequence }.map { key, life in
            let name = life.name.map { " (\($0))" } ?? ""
            let id = String(decoding: key.id, as: UTF8.self)
            return (key.device, life.sequence, "command \(id)\(name) open for \((now &- life.since) / 1_000_000_000) s")
        }
    }
}
