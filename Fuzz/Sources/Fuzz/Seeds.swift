import Foundation

@testable import Tape

/// Writes the seeds of all targets, a folder each.
enum Seeds {
    static func write(to folder: String) {
        for target in FuzzTarget.allCases {
            let path = folder + "/" + target.rawValue
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                for (number, seed) in try seeds(target).enumerated() {
                    try Data(seed).write(to: URL(fileURLWithPath: "\(path)/seed-\(number)"))
                }
            } catch {
                print("\(path): \(error)")
            }
        }
    }

    private static func seeds(_ target: FuzzTarget) throws -> [[UInt8]] {
        switch target {
        case .json: return Samples.payloads
        case .roundTrip: return Samples.payloads + [Array(Samples.payloads.joined(separator: [0]))]
        case .integers:
            return [integers([5, 7, 9, 1_000, 12], runs: [3, 2]), integers([1, 60_001, 120_001], runs: [3])]
        case .forms:
            return [
                [1, 2, 2] + Array("21.5".utf8), [2, 0, 100] + Array("0.25".utf8),
                [4, 1] + [UInt8](repeating: 7, count: 8),
                [3, 1, 3, 1, 0x5a] + Array("\"2026-03-01T00:00:01.250Z\"".utf8), [5, 1, 2] + Array("\"00ff\"".utf8),
            ]
        case .template: return Array(Samples.dictionary.templates.added.map { Array($0.bytes) })
        case .streams: return [[2, 10, 15, 1, 30, 5], [0, 0]]
        case .segment: return try segments()
        case .wire: return wire()
        }
    }

    /// A CONNACK with properties; messages with every property, in pieces of three bytes; answers of all kinds.
    private static func wire() -> [[UInt8]] {
        let properties: [UInt8] = [1, 1, 2, 0, 0, 0, 9, 3, 0, 1, 0x78, 8, 0, 1, 0x72, 9, 0, 2, 1, 2, 11, 0x80, 1, 38]
        let user: [UInt8] = [0, 1, 0x6b, 0, 2, 0xc3, 0xa4]
        let length = UInt8(2 + 3 + 2 + 1 + properties.count + user.count + 2)
        let message: [UInt8] = [0x3b, length, 0, 3, 0x61, 0x2f, 0x62, 0, 7, UInt8(properties.count + user.count)]
        return [
            [255, 0x20, 9, 1, 0, 6, 33, 0, 10, 36, 1, 37, 0],
            [2] + message + properties + user + [0x7b, 0x7d], [255, 0x30, 4, 0, 1, 0x61, 0],
            [0, 0x40, 2, 0, 1, 0x50, 3, 0, 2, 0x10, 0x62, 2, 0, 3, 0x90, 4, 0, 4, 0, 1, 0xd0, 0, 0xe0, 1, 0x8e],
            [1] + properties + user,
        ]
    }

    private static func integers(_ values: [Int64], runs: [Int]) -> [UInt8] {
        let encoded = IntegerColumn.encode(values, runs: runs)
        var bytes = [UInt8(runs.count)] + runs.map { UInt8($0) }
        for part in [encoded.parameters, encoded.bits] {
            VariableInteger.append(UInt64(part.count), to: &bytes)
            bytes += part
        }
        return bytes + encoded.symbols
    }

    private static func segments() throws -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        for chosen in Samples.payloads.map({ [$0] }) + [Samples.payloads] {
            var block = MessageBlock(firstSequence: 1)
            for number in 0..<12 {
                // A digit of each payload differs from message to message.
                var payload = chosen[number % chosen.count]
                let digit = UInt8(ascii: "1")
                if let place = payload.firstIndex(of: digit) { payload[place] = digit + UInt8(number % 9) }
                block.append(Samples.message(payload, number: number), clock: Int64(number / 8 + 1))
            }
            var sealer = try BlockSealer(dictionary: Samples.dictionary)
            let sealed = try sealer.seal(block)
            if let input = SegmentCheck.input(try SegmentParts(sealed.encoded)) { seeds.append(input) }
        }
        return seeds
    }
}
