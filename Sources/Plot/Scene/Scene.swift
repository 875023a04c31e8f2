import Terminal

/// A chart as shapes on a page, in pixels from the top left: what SVG and PNG have in common.
struct Scene {
    struct Point: Hashable {
        let x: Double
        let y: Double
    }

    /// What a shape stands for; a renderer turns it into colours.
    enum Paint: Hashable {
        case background
        case axis
        case grid
        case gap
        case mark
        case series(Int)
        case reach(Int)
        case state(Int)
        case several
        case event
    }

    enum Ink: Hashable {
        case plain
        case muted
        case strong
        /// On a block of a state.
        case inside
    }

    enum Anchor: Hashable {
        case start
        case middle
        case end
    }

    /// The values between a lower and an upper line, at one x.
    struct Slice {
        let x: Double
        let top: Double
        let bottom: Double
    }

    enum Shape {
        case rectangle(x: Double, y: Double, width: Double, height: Double, Paint, tooltip: String?)
        case line([Point], Paint, tooltip: String?)
        case area([Slice], Paint)
        /// Its corners turn all the same way.
        case polygon([Point], Paint, tooltip: String?)
        /// The point is the text's baseline.
        case text(DisplayText, Point, Anchor, Ink)
    }

    let width: Int
    let height: Int
    var shapes: [Shape] = []
}

/// The signs that tell series and kinds of event apart without colours.
enum Sign {
    /// The corners of a sign around a point.
    static func corners(_ number: Int, x: Double, y: Double, radius: Double) -> [Scene.Point] {
        outlines[number % outlines.count].map { Scene.Point(x: x + $0.0 * radius, y: y + $0.1 * radius) }
    }

    private static let outlines: [[(Double, Double)]] = [
        // A disc.
        [
            (1, 0), (0.87, 0.5), (0.5, 0.87), (0, 1), (-0.5, 0.87), (-0.87, 0.5), (-1, 0), (-0.87, -0.5),
            (-0.5, -0.87), (0, -1), (0.5, -0.87), (0.87, -0.5),
        ],
        // A triangle, a square, a diamond.
        [(0, -1.1), (1, 0.8), (-1, 0.8)],
        [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
        [(0, -1.25), (1.1, 0), (0, 1.25), (-1.1, 0)],
        // A triangle on its head, an upright bar.
        [(0, 1.1), (-1, -0.8), (1, -0.8)],
        [(-0.4, -1.2), (0.4, -1.2), (0.4, 1.2), (-0.4, 1.2)],
    ]
}
