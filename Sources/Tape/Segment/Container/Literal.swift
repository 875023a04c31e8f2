/// Bytes that stand on the tape under a number, or here.
enum Literal: Hashable {
    case shared(Int64)
    case own([UInt8])

    /// The number; nil where the bytes are here.
    var number: Int64? {
        if case .shared(let number) = self { number } else { nil }
    }

    init(_ reader: inout ByteReader) throws(MalformedFrame) {
        let number = try reader.integer()
        self = number == 0 ? .own(Array(try reader.slice())) : .shared(Int64(truncatingIfNeeded: number))
    }
}
