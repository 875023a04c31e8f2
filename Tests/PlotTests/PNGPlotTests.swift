import Testing

@testable import Plot

@Suite struct PNGPlotTests {
    /// A picture that was read back.
    private struct Picture {
        let width: Int
        let height: Int
        let pixels: [UInt8]

        func colour(_ x: Int, _ y: Int) -> [UInt8] { Array(pixels[(y * width + x) * 3..<(y * width + x) * 3 + 3]) }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// The remainder bit by bit, as the specification words it.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        var register: UInt32 = .max
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return Int(~register)
    }

    private static func picture(_ file: [UInt8]) throws -> Picture {
        try #require(file.starts(with: [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]))
        var chunks: [(String, [UInt8])] = []
        var place = 8
        while place < file.count {
            let length = word(file[place..<place + 4])
            let end = place + 8 + length
            #expect(word(file[end..<end + 4]) == checksum(file[place + 4..<end]))
            chunks.append((String(decoding: file[place + 4..<place + 8], as: UTF8.self), Array(file[place + 8..<end])))
            place = end + 4
        }
        #expect(chunks.map(\.0) == ["IHDR", "IDAT", "IEND"])
        let header = chunks[0].1
        let (width, height) = (word(header[0..<4]), word(header[4..<8]))
        #expect(Array(header[8...]) == [8, 2, 0, 0, 0])
        return Picture(
            width: width, height: height,
            pixels: try unfiltered(Inflate.zlib(chunks[1].1), width: width, height: height))
    }

    private static func unfiltered(_ rows: [UInt8], width: Int, height: Int) throws -> [UInt8] {
        let length = width * 3
        try #require(rows.count == (length + 1) * height)
        var pixels: [UInt8] = []
        for row in 0..<height {
            let filter = rows[row * (length + 1)]
            for offset in 0..<length {
                let left = offset < 3 ? 0 : pixels[pixels.count - 3]
                let above = row == 0 ? 0 : pixels[pixels.count - length]
                let byte = rows[row * (length + 1) + 1 + offset]
                pixels.append(byte &+ (filter == 0 ? 0 : filter == 1 ? left : above))
            }
            #expect(filter <= 2)
        }
        return pixels
    }

    @Test(arguments: [(1, 1), (2, 3), (7, 200), (300, 5), (33, 33), (320, 200)])
    func `is a correct file in any size`(width: Int, height: Int) throws {
        for chart in [Samples.full, Hostile.chart, Chart(title: "", window: 0..<0, panels: [])] {
            let picture = try Self.picture(PNGPlot(width: width, height: height).png(chart))
            #expect(picture.width == width && picture.height == height)
        }
    }

    @Test func `sizes and scales are held within bounds`() {
        let plot = PNGPlot(width: .max, height: .min, scale: .max)
        #expect(plot.width == 8192 && plot.height == 1 && plot.scale == 8)
        #expect(PNGPlot(width: 800, height: 400).scale == 1 && PNGPlot(width: 1600, height: 900).scale == 2)
    }

    @Test func `pixels are where the data are`() throws {
        let series = LinePanel.Series(
            name: "s", points: [.init(time: Samples.start, value: 0), .init(time: Samples.at(60) - 1, value: 1)])
        let chart = Chart(
            title: "", window: Samples.hour, panels: [Samples.lines(series)], gaps: [Samples.at(30)..<Samples.at(40)])
        let picture = try Self.picture(PNGPlot(width: 300, height: 200, scale: 1).png(chart))
        #expect(picture.colour(299, 0) == [255, 255, 255])
        let line = Colours.of(.series(0), dark: false)
        let hits = (0..<200).flatMap { y in (0..<300).map { (x: $0, y: y) } }
            .filter { picture.colour($0.x, $0.y) == [line.red, line.green, line.blue] }
        #expect(hits.count > 20)
        // It rises from the left to the right.
        let left = hits.filter { $0.x < 100 && $0.y > 20 }.map(\.y)
        let right = hits.filter { $0.x > 250 && $0.y > 20 }.map(\.y)
        #expect((left.min() ?? 0) > (right.max() ?? 0))
        let gap = Colours.of(.gap, dark: false)
        #expect((0..<300).contains { picture.colour($0, 30) == [gap.red, gap.green, gap.blue] })
    }

    @Test func `every printable character has its own picture`() {
        let rows = (UInt8(0x21)...0x7e).map { BitmapFont.rows(Character(Unicode.Scalar($0))) }
        #expect(Set(rows).count == rows.count)
        #expect(rows.allSatisfy { (7...9).contains($0.count) && $0.contains { $0 != 0 } })
        #expect(rows.allSatisfy { !$0.contains { $0 > 31 } })
        #expect(BitmapFont.rows(" ").isEmpty)
        #expect(BitmapFont.rows("温") == BitmapFont.rows("👍"))
    }
}

@Suite struct DeflateTests {
    @Test func `comes back byte for byte`() throws {
        var state: UInt64 = 88_172_645_463_325_252
        func next() -> UInt8 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
        let noise = (0..<70_000).map { _ in next() }
        let few = (0..<70_000).map { _ in next() & 3 }
        let far = Array(noise[0..<40_000]) + Array(noise[8000..<9000]) + Array(noise[0..<300])
        var inputs: [[UInt8]] = [[], [0], [1, 2], [7, 7, 7], noise, few, far]
        for count in [3, 4, 257, 258, 259, 260, 261, 516, 517, 32_767, 32_768, 32_769, 66_000] {
            inputs.append([UInt8](repeating: 9, count: count))
        }
        for input in inputs { #expect(try Inflate.zlib(Deflate.zlib(input)) == input) }
        #expect(Deflate.zlib([UInt8](repeating: 9, count: 66_000)).count < 500)
    }

    @Test func `the checksums are the published ones`() {
        var crc = CRC32()
        crc.update("123456789".utf8)
        #expect(crc.value == 0xcbf4_3926)
        var end = CRC32()
        end.update("IEND".utf8)
        #expect(end.value == 0xae42_6082)
        #expect(Adler32.of(Array("Wikipedia".utf8)) == 0x11e6_0398)
        #expect(Adler32.of([]) == 1)
        #expect(Adler32.of([UInt8](repeating: 255, count: 100_000)) == 0x149a_302c)
    }
}
