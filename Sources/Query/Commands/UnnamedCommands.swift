/// Commands without id that have not ended, found by what is to be done.
struct UnnamedCommands {
    private struct Key: Hashable {
        var device: Int32
        var name: ByteText?
    }

    private var numbers: [Key: Int] = [:]
    private var keys: [Int: Key] = [:]

    /// The last one of a device under a name.
    func find(_ device: Int32, _ name: String?) -> Int? {
        numbers[Key(device: device, name: name.map(ByteText.init))]
    }

    /// Notes one that begins.
    mutating func begin(_ number: Int, _ device: Int32, _ name: String?) {
        let key = Key(device: device, name: name.map(ByteText.init))
        numbers[key] = number
        keys[number] = key
    }

    /// Notes the name that an update gives to one that has none.
    mutating func rename(_ number: Int, _ name: String?) {
        guard let name, let key = keys[number], key.name == nil else { return }
        end(number)
        begin(number, key.device, name)
    }

    /// Notes that a command has ended.
    mutating func end(_ number: Int) {
        guard let key = keys.removeValue(forKey: number) else { return }
        if numbers[key] == number { numbers[key] = nil }
    }
}
