/// Texts under numbers, each once, compared byte by byte.
struct NameList {
    private(set) var names: [String] = []
    private var numbers: [[UInt8]: Int] = [:]
    /// What was looked up last: mostly the same again.
    private var last: (text: [UInt8], number: Int)?

    /// The text of a number that this list gave.
    subscript(number: Int) -> String { names[number] }

    /// The number of a text, new or known.
    mutating func number(of text: String) -> Int {
        number(of: Array(text.utf8)[...])
    }

    /// The number of a text in UTF-8, new or known.
    mutating func number(of text: ArraySlice<UInt8>) -> Int {
        if let last, last.text.elementsEqual(text) { return last.number }
        let bytes = Array(text)
        let number = numbers[bytes] ?? names.count
        if number == names.count {
            numbers[bytes] = number
            names.append(String(decoding: text, as: UTF8.self))
        }
        last = (bytes, number)
        return number
    }
}
