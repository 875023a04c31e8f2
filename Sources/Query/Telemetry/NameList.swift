/// Texts under numbers, each once.
struct NameList {
    private(set) var names: [String] = []
    private var numbers: [Bytes: Int] = [:]
    /// What was looked up last: mostly the same again.
    private var last: (text: [UInt8], number: Int)?

    /// Compares by bytes, which names are the same by.
    private struct Bytes: Hashable {
        var bytes: [UInt8]
    }

    /// The number of a text, new or known.
    mutating func number(of text: String) -> Int {
        number(of: Array(text.utf8)[...])
    }

    /// The number of a text in UTF-8, new or known.
    mutating func number(of text: ArraySlice<UInt8>) -> Int {
        if let last, last.text.elementsEqual(text) { return last.number }
        let key = Bytes(bytes: Array(text))
        let number = numbers[key] ?? names.count
        if number == names.count {
            numbers[key] = number
            names.append(String(decoding: text, as: UTF8.self))
        }
        last = (key.bytes, number)
        return number
    }
}
