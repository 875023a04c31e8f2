@testable import Tape

/// Columns from any bytes.
enum ColumnChecks {
    /// The input: how many runs and how long, which are wanted, then parameters and bits; the rest are symbols.
    static func integers(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let head = try? reader.byte() else { return }
        var runs: [Int] = []
        for _ in 0..<head & 7 { runs.append(Int((try? reader.byte()) ?? 0)) }
        guard let parameters = try? reader.slice(), let bits = try? reader.slice() else { return }
        let symbols = Array(bytes[reader.offset...])
        let wanted = head & 8 == 0 ? nil : runs.indices.map { head >> 4 & 1 << ($0 & 3) != 0 }
        let encoded = EncodedIntegers(parameters: Array(parameters), symbols: symbols, bits: Array(bits))
        guard
            let values = try? IntegerColumn.decode(encoded, count: symbols.count, runs: runs, wanted: wanted)
        else { return }
        require(values.count == symbols.count, "as many values as symbols")
        guard wanted == nil else { return }
        let again = IntegerColumn.encode(values, runs: runs)
        require(
            (try? IntegerColumn.decode(again, count: values.count, runs: runs, wanted: nil)) == values,
            "integers encoded anew")
    }

    /// The input: a form, then values of eight bytes each, or bytes that are a token.
    static func forms(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let form = try? TokenForm(&reader) else { return }
        var written: [UInt8] = []
        form.append(to: &written)
        require(written[...] == bytes[..<reader.offset], "a form's own bytes")
        let rest = Array(bytes[reader.offset...])
        var values: [Int64] = []
        for start in stride(from: 0, to: rest.count - 7, by: 8) {
            values.append(rest[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) })
        }
        for value in values { check(form, value) }
        check(form, token: rest)
    }

    /// Whatever a value prints to, if it is read at all, is read as a value that prints the same.
    private static func check(_ form: TokenForm, _ value: Int64) {
        var token: [UInt8] = []
        switch form {
        case .decimal(let form): token.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .ratio(let form): token.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .time(let form): token.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .uuid(let form):
            token.append(addingCapacity: 300) {
                form.append((UInt64(bitPattern: value), UInt64(bitPattern: ~value)), to: &$0)
            }
        case .hex: return
        }
        check(form, token: token)
    }

    private static func check(_ form: TokenForm, token: [UInt8]) {
        var printed: [UInt8] = []
        switch form {
        case .decimal(let form):
            guard let value = form.parse(token.span) else { return }
            printed.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .ratio(let form):
            guard let value = form.parse(token.span) else { return }
            printed.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .time(let form):
            guard let value = form.parse(token.span) else { return }
            printed.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .uuid(let form):
            guard let value = form.parse(token.span) else { return }
            printed.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .hex(let form):
            var packed: [UInt8] = []
            guard form.parse(token.span, into: &packed) else { return }
            printed.append(addingCapacity: 300) { form.append(packed.span, to: &$0) }
        }
        require(printed == token, "a token printed as it was")
    }
}
