/// How the tokens of one column become integers, or bytes of a fixed count, and back.
///
/// A token is the literal text of a JSON scalar, or a short string of bytes. `parse` of a form gives a value only where
/// printing that value gives exactly the token's bytes; whatever else occurs in the column is kept as it is.
enum TokenForm: Hashable, Sendable {
    case decimal(DecimalForm)
    case ratio(RatioForm)
    case time(TimeForm)
    case uuid(UUIDForm)
    case hex(HexForm)

    /// How many bytes must be free to append a text of this form.
    var room: Int {
        switch self {
        case .decimal, .ratio: DecimalText.room
        case .time: TimeForm.room
        case .uuid: UUIDForm.room
        case .hex(let form): form.room
        }
    }
}

// MARK: Bytes

extension TokenForm {
    /// The first byte of a form.
    private enum Kind: UInt8 {
        case decimal = 1
        case ratio = 2
        case time = 3
        case uuid = 4
        case hex = 5
    }

    /// The bits of the second byte.
    private enum Flag {
        static let quoted: UInt8 = 1
        static let upperCase: UInt8 = 2
        static let keepsDecimal: UInt8 = 2
        static let trimsFraction: UInt8 = 2
        static let space: UInt8 = 4
        static let habitShift: UInt8 = 1
    }

    /// Appends the form's bytes (docs/tape-format.md, "Forms").
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .decimal(let form):
            bytes.append(Kind.decimal.rawValue)
            bytes.append(form.habit.rawValue << Flag.habitShift | (form.isQuoted ? Flag.quoted : 0))
            bytes.append(UInt8(truncatingIfNeeded: form.decimals))
        case .ratio(let form):
            bytes.append(Kind.ratio.rawValue)
            bytes.append((form.keepsDecimal ? Flag.keepsDecimal : 0) | (form.isQuoted ? Flag.quoted : 0))
            VariableInteger.append(form.denominator.magnitude, to: &bytes)
        case .time(let form):
            bytes.append(Kind.time.rawValue)
            bytes.append(
                (form.separator == ASCII.space ? Flag.space : 0) | (form.trimsFraction ? Flag.trimsFraction : 0)
                    | (form.isQuoted ? Flag.quoted : 0))
            bytes.append(UInt8(truncatingIfNeeded: form.fractionDigits))
            bytes.append(UInt8(truncatingIfNeeded: form.suffix.count))
            bytes.append(contentsOf: form.suffix)
        case .uuid(let form):
            bytes.append(Kind.uuid.rawValue)
            bytes.append((form.isUpperCase ? Flag.upperCase : 0) | (form.isQuoted ? Flag.quoted : 0))
        case .hex(let form):
            bytes.append(Kind.hex.rawValue)
            bytes.append((form.isUpperCase ? Flag.upperCase : 0) | (form.isQuoted ? Flag.quoted : 0))
            bytes.append(UInt8(truncatingIfNeeded: form.packedCount))
        }
    }

    /// Reads a form's bytes.
    ///
    /// - Throws: ``MalformedFrame`` for an unknown kind, flags that mean nothing, and parameters out of their range.
    init(_ reader: inout ByteReader) throws(MalformedFrame) {
        let start = reader.offset
        let kind = try reader.byte()
        let flags = try reader.byte()
        let isQuoted = flags & Flag.quoted != 0
        let form: TokenForm
        switch Kind(rawValue: kind) {
        case .decimal:
            guard let habit = DecimalForm.Habit(rawValue: flags >> Flag.habitShift) else {
                throw reader.malformed("decimals with the unknown flags \(flags)")
            }
            form = .decimal(DecimalForm(decimals: Int(try reader.byte()), habit: habit, isQuoted: isQuoted))
        case .ratio:
            let denominator = try reader.integer()
            form = .ratio(
                RatioForm(
                    denominator: Int64(clamping: denominator), keepsDecimal: flags & Flag.keepsDecimal != 0,
                    isQuoted: isQuoted))
        case .time:
            let fractionDigits = Int(try reader.byte())
            form = .time(
                TimeForm(
                    fractionDigits: fractionDigits, trimsFraction: flags & Flag.trimsFraction != 0,
                    separator: flags & Flag.space != 0 ? ASCII.space : ASCII.letterT,
                    suffix: Array(try reader.slice()), isQuoted: isQuoted))
        case .uuid:
            form = .uuid(UUIDForm(isQuoted: isQuoted, isUpperCase: flags & Flag.upperCase != 0))
        case .hex:
            form = .hex(
                HexForm(
                    digits: 2 * Int(try reader.byte()), isUpperCase: flags & Flag.upperCase != 0, isQuoted: isQuoted))
        case nil:
            throw reader.malformed("a form of the unknown kind \(kind)")
        }
        // Forms take the nearest parameters in range, so whatever is out of range is not written the way it was read.
        var bytes: [UInt8] = []
        form.append(to: &bytes)
        guard bytes[...] == reader.bytes[start..<reader.offset] else {
            throw reader.malformed("a form with parameters out of range")
        }
        self = form
    }
}

extension ByteReader {
    fileprivate func malformed(_ reason: String) -> MalformedFrame {
        MalformedFrame(offset: offset, reason: reason)
    }
}
