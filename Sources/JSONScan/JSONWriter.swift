/// Appends compact JSON to a byte array and places the commas.
///
/// The caller keeps the grammar: a key before each value in an object, as many ends as begins. Several values may be
/// written one after the other with ``newline()`` between them, which makes JSON Lines.
public struct JSONWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Goes on behind `bytes`.
    public init(appendingTo bytes: consuming [UInt8] = []) {
        self.bytes = bytes
    }

    /// Writes `{`.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Writes `}`.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Writes `[`.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Writes `]`.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a member's name and the colon.
    public mutating func key(_ key: String) {
        comma()
        JSONStringEncoder.append(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string value.
    public mutating func string(_ text: String) {
        comma()
        JSONStringEncoder.append(text, to: &bytes)
    }

    /// Writes a string value from bytes that are UTF-8; what is not becomes U+FFFD.
    public mutating func string(utf8 text: Span<UInt8>) {
        comma()
        JSONStringEncoder.append(text, to: &bytes)
    }

    /// Writes an integer.
    public mutating func int(_ value: Int64) {
        comma()
        Self.append(value, to: &bytes)
    }

    /// Writes an integer.
    public mutating func int(_ value: Int) {
        int(Int64(value))
    }

    /// Writes a double so that it reads back as the same value; `null` for infinities and NaN, which JSON lacks.
    public mutating func double(_ value: Double) {
        comma()
        bytes.append(contentsOf: value.isFinite ? value.description.utf8 : "null".utf8)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        comma()
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        comma()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a value that already is JSON, as it is.
    public mutating func raw(_ json: some Collection<UInt8>) {
        comma()
        bytes.append(contentsOf: json)
    }

    /// Writes a tree.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let number): raw(number.text.utf8)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Writes a member with a string; nothing for nil.
    public mutating func member(_ key: String, _ value: String?) {
        guard let value else { return }
        self.key(key)
        string(value)
    }

    /// Writes a member with an integer; nothing for nil.
    public mutating func member(_ key: String, _ value: Int64?) {
        guard let value else { return }
        self.key(key)
        int(value)
    }

    /// Writes a member with a truth value.
    public mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        bool(value)
    }

    /// Ends a line of JSON Lines; the next value stands alone again.
    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// Writes what stands before a value or key, and notes that something stands there now.
    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        comma()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private static func append(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = value.magnitude
        // 20 bytes hold every 64-bit integer with its sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var index = 20
            repeat {
                index -= 1
                buffer[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                index -= 1
                buffer[index] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[index...]))
        }
    }
}

extension JSONValue {
    /// Appends the value as compact JSON; numbers keep their spelling.
    public func appendJSON(to bytes: inout [UInt8]) {
        var writer = JSONWriter(appendingTo: bytes)
        // Gives up the second reference, so that the writer grows the array in place.
        bytes = []
        writer.value(self)
        bytes = writer.bytes
    }
}
