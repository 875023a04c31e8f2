/// The dots of the lines of a panel: several to a cell in braille, one to a cell in ASCII.
struct DotCanvas {
    /// How many dots a cell holds side by side and above each other.
    let dots: (across: Int, down: Int)
    let columns: Int
    let rows: Int
    /// The dots that are set, for each cell.
    private(set) var bits: [UInt8]
    /// Who set one last, for each cell.
    private(set) var owners: [Int]

    init(columns: Int, rows: Int, isBraille: Bool) {
        dots = isBraille ? (2, 4) : (1, 1)
        self.columns = columns
        self.rows = rows
        bits = Array(repeating: 0, count: columns * rows)
        owners = Array(repeating: 0, count: columns * rows)
    }

    var width: Int { columns * dots.across }
    var height: Int { rows * dots.down }

    /// The dot at a share of the width and of the height, the latter from below.
    func dot(_ x: Double, _ y: Double) -> (x: Int, y: Int) {
        (
            max(0, min(width - 1, Int(x * Double(width)))),
            max(0, min(height - 1, Int(nearest: (1 - y) * Double(height - 1))))
        )
    }

    mutating func set(_ x: Int, _ y: Int, owner: Int) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        let cell = y / dots.down * columns + x / dots.across
        bits[cell] |= Self.bit(x % dots.across, y % dots.down)
        owners[cell] = owner
    }

    /// Joins two dots.
    mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), owner: Int) {
        let steps = max(abs(to.x - from.x), abs(to.y - from.y))
        guard steps > 0 else { return set(from.x, from.y, owner: owner) }
        for step in 0...steps {
            // Rounded half up in whole numbers, so that a line is the same in both directions of its fall.
            let x = from.x + Self.rounded((to.x - from.x) * step, steps)
            let y = from.y + Self.rounded((to.y - from.y) * step, steps)
            set(x, y, owner: owner)
        }
    }

    /// The character of Unicode's block of braille patterns with these dots.
    static func braille(_ bits: UInt8) -> String {
        Unicode.Scalar(0x2800 + UInt32(bits)).map { String(Character($0)) } ?? " "
    }

    private static func rounded(_ product: Int, _ divisor: Int) -> Int {
        let doubled = product * 2 + divisor
        return doubled >= 0 ? doubled / (2 * divisor) : -((-doubled + 2 * divisor - 1) / (2 * divisor))
    }

    /// Braille's dots are numbered down the left column, then the right one, and last the two at the bottom.
    private static func bit(_ x: Int, _ y: Int) -> UInt8 {
        y < 3 ? 1 << UInt8(x * 3 + y) : 1 << UInt8(6 + x)
    }
}
