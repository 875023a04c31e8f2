/// Opaque pixels that shapes are painted on, smooth at their edges.
struct Raster {
    let width: Int
    let height: Int
    /// Red, green and blue of each pixel, row by row.
    private(set) var pixels: [UInt8]
    /// How much of each pixel the shape in work covers, 255 for all of it.
    private var mask: [UInt8]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        // White, on which all colours of a picture are chosen.
        pixels = Array(repeating: 255, count: width * height * 3)
        mask = Array(repeating: 0, count: width * height)
    }

    mutating func fillRectangle(x: Double, y: Double, width: Double, height: Double, _ colour: Colour) {
        let columns = clipped(x, x + width, self.width)
        let wide = columns.map { min(Double($0) + 1, x + width) - max(Double($0), x) }
        for row in clipped(y, y + height, self.height) {
            let tall = min(Double(row) + 1, y + height) - max(Double(row), y)
            for (column, wide) in zip(columns, wide) {
                blend(row * self.width + column, colour, coverage: Int(max(0, wide * tall) * 255 + 0.5))
            }
        }
    }

    /// Draws a line through points.
    ///
    /// Where it meets itself it is not darker: it covers a pixel once.
    mutating func stroke(_ points: [Scene.Point], width: Double, _ colour: Colour) {
        guard let first = points.first else { return }
        var from = first
        for point in points.dropFirst() {
            coverSegment(from, point, reach: width / 2)
            from = point
        }
        paintMask(around: points, margin: width / 2 + 1, colour)
    }

    /// Fills a shape whose corners turn all the same way.
    mutating func fillPolygon(_ points: [Scene.Point], _ colour: Colour) {
        guard points.count > 2, let box = bounds(points, margin: 1) else { return }
        let turn = Self.area(points) < 0 ? -1.0 : 1.0
        for row in box.rows {
            for column in box.columns {
                let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
                var inside = 1.0
                for index in points.indices {
                    let a = points[index]
                    let b = points[(index + 1) % points.count]
                    let length = ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
                    guard length > 0 else { continue }
                    let distance = ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)) / length * turn
                    inside = min(inside, distance + 0.5)
                }
                blend(row * width + column, colour, coverage: Int(nearest: max(0, inside) * 255))
            }
        }
    }

    /// Fills what lies between the upper and the lower line.
    mutating func fillArea(_ slices: [Scene.Slice], _ colour: Colour) {
        for (left, right) in zip(slices, slices.dropFirst()) where left.x < right.x {
            // A column belongs to the pair of slices that its middle lies between, so that none is filled twice.
            for column in clipped(left.x - 0.5, right.x - 0.5, width) {
                let centre = Double(column) + 0.5
                guard centre >= left.x, centre < right.x else { continue }
                let part = (centre - left.x) / (right.x - left.x)
                let top = left.top + (right.top - left.top) * part
                let bottom = left.bottom + (right.bottom - left.bottom) * part
                fillRectangle(x: Double(column), y: top, width: 1, height: max(0, bottom - top), colour)
            }
        }
    }

    /// Covers the pixels around a straight line by how near they are to it.
    private mutating func coverSegment(_ from: Scene.Point, _ to: Scene.Point, reach: Double) {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length = (dx * dx + dy * dy).squareRoot()
        let isSteep = abs(dy) > abs(dx)
        // Along the longer side of the line, only the pixels across it are looked at.
        let along = isSteep ? (from.y, to.y) : (from.x, to.x)
        let slope = length == 0 ? 0 : isSteep ? dx / dy : dy / dx
        let room = (reach + 1) * (1 + abs(slope))
        let range = clipped(
            min(along.0, along.1) - reach - 1, max(along.0, along.1) + reach + 1, isSteep ? height : width)
        for step in range {
            let moved = max(min(along.0, along.1), min(max(along.0, along.1), Double(step) + 0.5)) - along.0
            let centre = (isSteep ? from.x : from.y) + moved * slope
            for other in clipped(centre - room, centre + room, isSteep ? width : height) {
                let (column, row) = isSteep ? (other, step) : (step, other)
                let (px, py) = (Double(column) + 0.5 - from.x, Double(row) + 0.5 - from.y)
                let part = length == 0 ? 0 : max(0, min(1, (px * dx + py * dy) / (length * length)))
                let (ox, oy) = (px - part * dx, py - part * dy)
                let covered = reach + 0.5 - (ox * ox + oy * oy).squareRoot()
                if covered > 0 {
                    let index = row * width + column
                    mask[index] = max(mask[index], UInt8(Int(nearest: min(1, covered) * 255)))
                }
            }
        }
    }

    private mutating func paintMask(around points: [Scene.Point], margin: Double, _ colour: Colour) {
        guard let box = bounds(points, margin: margin) else { return }
        for row in box.rows {
            for column in box.columns {
                let index = row * width + column
                guard mask[index] > 0 else { continue }
                blend(index, colour, coverage: Int(mask[index]))
                mask[index] = 0
            }
        }
    }

    private mutating func blend(_ pixel: Int, _ colour: Colour, coverage: Int) {
        let share = min(255, coverage) * Int(colour.opacity * 256)
        guard share > 0 else { return }
        let index = pixel * 3
        if share == 65_280 {
            pixels[index] = colour.red
            pixels[index + 1] = colour.green
            pixels[index + 2] = colour.blue
            return
        }
        pixels[index] = mixed(pixels[index], colour.red, share)
        pixels[index + 1] = mixed(pixels[index + 1], colour.green, share)
        pixels[index + 2] = mixed(pixels[index + 2], colour.blue, share)
    }

    /// Two parts of a colour, the second one with a share of 65,280.
    private func mixed(_ old: UInt8, _ new: UInt8, _ share: Int) -> UInt8 {
        UInt8(clamping: (Int(old) * (65_280 - share) + Int(new) * share + 32_640) / 65_280)
    }

    private func bounds(_ points: [Scene.Point], margin: Double) -> (columns: Range<Int>, rows: Range<Int>)? {
        guard let first = points.first else { return nil }
        var (left, right, top, bottom) = (first.x, first.x, first.y, first.y)
        for point in points {
            left = min(left, point.x)
            right = max(right, point.x)
            top = min(top, point.y)
            bottom = max(bottom, point.y)
        }
        return (clipped(left - margin, right + margin, width), clipped(top - margin, bottom + margin, height))
    }

    /// The pixels between two coordinates that exist.
    private func clipped(_ from: Double, _ to: Double, _ limit: Int) -> Range<Int> {
        let start = max(0, min(limit, Int(floor: from)))
        return start..<max(start, min(limit, Int(ceiling: to)))
    }

    private static func area(_ points: [Scene.Point]) -> Double {
        points.indices.reduce(0) { sum, index in
            let (a, b) = (points[index], points[(index + 1) % points.count])
            return sum + a.x * b.y - b.x * a.y
        }
    }
}
