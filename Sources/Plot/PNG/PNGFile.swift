/// Writes pixels as a PNG file (Portable Network Graphics, third edition): 8-bit RGB, not interlaced.
enum PNGFile {
    static func bytes(_ raster: Raster) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        // Depth 8, colour type 2 (RGB), and the only compression, filtering and interlacing that matter here.
        append("IHDR", word(raster.width) + word(raster.height) + [8, 2, 0, 0, 0], to: &file)
        append("IDAT", Deflate.zlib(filtered(raster)), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    /// Each row behind the number of the filter that makes it smallest (§9): none, the pixel on the left, or the one
    /// above.
    private static func filtered(_ raster: Raster) -> [UInt8] {
        let length = raster.width * 3
        var output: [UInt8] = []
        output.reserveCapacity((length + 1) * raster.height)
        let pixels = raster.pixels
        for row in 0..<raster.height {
            let start = row * length
            if row > 0, pixels[start..<start + length] == pixels[start - length..<start] {
                output.append(2)
                output.append(contentsOf: repeatElement(0, count: length))
                continue
            }
            func left(_ offset: Int) -> UInt8 { offset < 3 ? 0 : pixels[start + offset - 3] }
            func above(_ offset: Int) -> UInt8 { row == 0 ? 0 : pixels[start - length + offset] }
            var (none, sub, up) = (0, 0, 0)
            for offset in 0..<length {
                let byte = pixels[start + offset]
                none += size(byte)
                sub += size(byte &- left(offset))
                up += size(byte &- above(offset))
            }
            let least = min(none, sub, up)
            output.append(least == up ? 2 : least == sub ? 1 : 0)
            for offset in 0..<length {
                let prediction = least == up ? above(offset) : least == sub ? left(offset) : 0
                output.append(pixels[start + offset] &- prediction)
            }
        }
        return output
    }

    /// How far a difference is from none, in either direction.
    private static func size(_ byte: UInt8) -> Int { Int(Int8(bitPattern: byte).magnitude) }

    private static func append(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
        file += word(data.count)
        var checksum = CRC32()
        checksum.update(type.utf8)
        checksum.update(data)
        file += type.utf8
        file += data
        file += word(Int(checksum.value))
    }

    private static func word(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
