/// Reads zlib streams (RFC 1950, RFC 1951) of stored blocks and blocks with fixed codes, on its own terms: nothing here
/// is shared with what writes them.
struct Inflate {
    enum Failure: Error { case malformed(String) }

    private let input: [UInt8]
    private var bit: Int

    /// The bytes of a stream, whose checksum and end are checked.
    static func zlib(_ stream: [UInt8]) throws -> [UInt8] {
        guard stream.count >= 6, stream[0] & 15 == 8, (Int(stream[0]) << 8 | Int(stream[1])) % 31 == 0 else {
            throw Failure.malformed("header")
        }
        var inflate = Inflate(input: stream, bit: 16)
        let output = try inflate.blocks()
        let tail = (inflate.bit + 7) / 8
        guard tail + 4 == stream.count else { throw Failure.malformed("\(stream.count - tail) bytes after the end") }
        var (low, high) = (1, 0)
        for byte in output {
            low = (low + Int(byte)) % 65_521
            high = (high + low) % 65_521
        }
        guard stream[tail...].reduce(0, { $0 << 8 | Int($1) }) == high << 16 | low else {
            throw Failure.malformed("checksum")
        }
        return output
    }

    private mutating func blocks() throws -> [UInt8] {
        var output: [UInt8] = []
        while true {
            let isLast = try read(1) == 1
            guard try read(2) == 1 else { throw Failure.malformed("not a block with fixed codes") }
            try fixedBlock(&output)
            if isLast { return output }
        }
    }

    private mutating func fixedBlock(_ output: inout [UInt8]) throws {
        while true {
            let symbol = try fixedSymbol()
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol <= 285 else { throw Failure.malformed("symbol \(symbol)") }
            let lengths = [
                3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
                227, 258,
            ]
            let extra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
            let length = lengths[symbol - 257] + (try read(extra[symbol - 257]))
            var code = 0
            for _ in 0..<5 { code = code << 1 | (try read(1)) }
            guard code < 30 else { throw Failure.malformed("distance code \(code)") }
            let bits = max(0, code / 2 - 1)
            let base = code < 2 ? code : (2 + code % 2) << bits
            let distance = base + 1 + (try read(bits))
            guard distance <= output.count else { throw Failure.malformed("distance \(distance)") }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func fixedSymbol() throws -> Int {
        var code = 0
        for _ in 0..<7 { code = code << 1 | (try read(1)) }
        if code <= 0b0010111 { return 256 + code }
        code = code << 1 | (try read(1))
        if (0x30...0xbf).contains(code) { return code - 0x30 }
        if (0xc0...0xc7).contains(code) { return 280 + code - 0xc0 }
        code = code << 1 | (try read(1))
        return 144 + code - 0x190
    }

    private mutating func read(_ count: Int) throws -> Int {
        var value = 0
        for place in 0..<count {
            guard bit / 8 < input.count else { throw Failure.malformed("ends early") }
            value |= Int(input[bit / 8] >> UInt8(bit % 8) & 1) << place
            bit += 1
        }
        return value
    }
}
