/// Names as numbers, compared byte by byte.
struct NameTable {
    private var numbers: [[UInt8]: Int] = [:]
    private var names: [String] = []

    /// The number of a name, a new one at first sight.
    mutating func number(_ name: String) -> Int {
        let bytes = Array(name.utf8)
        if let known = numbers[bytes] { return known }
        numbers[bytes] = names.count
        names.append(name)
        return names.count - 1
    }

    /// The name of a number that this table gave.
    subscript(number: Int) -> String { names[number] }
}
