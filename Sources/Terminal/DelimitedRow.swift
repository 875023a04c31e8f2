/// One row at a time of comma or tab separated values.
///
/// - CSV follows RFC 4180: lines end in CR LF, a field with a comma, a quote or a line break stands in quotes, a quote
///   inside is doubled. An empty text is `""`, an absent value is nothing.
/// - TSV: lines end in LF; in a field a tab becomes `\t`, a line feed `\n`, a carriage return `\r` and a backslash
///   `\\`, so that each line is a row and each tab a border. An empty text and an absent value are both nothing.
///
/// Data goes out as it is, control characters included: this is for programs, ``TextTable`` for people.
public struct DelimitedRow {
    /// How fields are separated and protected.
    public enum Format: Sendable, Hashable {
        /// Comma separated values, RFC 4180.
        case csv
        /// Tab separated values with backslash sequences.
        case tsv
    }

    private let format: Format
    private var bytes: [UInt8] = []
    private var count = 0

    /// An empty row.
    public init(_ format: Format) {
        self.format = format
    }

    /// Adds a field, nil for an absent value.
    public mutating func append(_ field: String?) {
        separate()
        guard let field else { return }
        switch format {
        case .csv: appendCSV(field.utf8)
        case .tsv: appendTSV(field.utf8)
        }
    }

    /// A field as it stands in a row.
    public static func field(_ text: String, _ format: Format) -> [UInt8] {
        var row = DelimitedRow(format)
        row.append(text)
        return row.bytes
    }

    /// Ends the row, hands it to `output` and begins the next one.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    public mutating func write(to output: OutputBuffer) throws {
        // A lone absent value would be an empty line, which readers skip.
        if format == .csv, count == 1, bytes.isEmpty { bytes.append(contentsOf: "\"\"".utf8) }
        if format == .csv { bytes.append(UInt8(ascii: "\r")) }
        bytes.append(UInt8(ascii: "\n"))
        defer {
            bytes.removeAll(keepingCapacity: bytes.capacity <= OutputBuffer.defaultCapacity)
            count = 0
        }
        try output.append(bytes: bytes)
    }

    private mutating func separate() {
        if count > 0 { bytes.append(UInt8(ascii: format == .csv ? "," : "\t")) }
        count += 1
    }

    private mutating func appendCSV(_ field: String.UTF8View) {
        let needsQuotes = field.contains { byte in
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\r")
                || byte == UInt8(ascii: "\n")
        }
        guard needsQuotes || field.isEmpty else {
            bytes.append(contentsOf: field)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in field {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendTSV(_ field: String.UTF8View) {
        for byte in field {
            switch byte {
            case UInt8(ascii: "\t"): bytes.append(contentsOf: #"\t"#.utf8)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
            case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            default: bytes.append(byte)
            }
        }
    }
}
