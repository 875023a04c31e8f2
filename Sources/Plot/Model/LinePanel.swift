/// Numbers over time on one value axis.
public struct LinePanel: Sendable {
    /// A number at an instant.
    public struct Point: Sendable, Hashable {
        /// The instant, ns since the Unix epoch.
        public var time: Int64
        /// The number, in the panel's unit.
        public var value: Double

        /// A number at an instant (ns since the Unix epoch).
        public init(time: Int64, value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// How far the values behind one point reach, such as the minimum and the maximum of a bucket.
    public struct Band: Sendable, Hashable {
        /// The smallest value, in the panel's unit.
        public var lower: Double
        /// The largest value, in the panel's unit.
        public var upper: Double

        /// The reach of one point.
        public init(lower: Double, upper: Double) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// One line.
    ///
    /// A value that is not finite cannot be drawn: it is counted in the legend and the line has a gap there.
    public struct Series: Sendable {
        /// What the legend calls it.
        public let name: String
        /// The points, ascending by time.
        public let points: [Point]
        /// The reach of the point with the same index; there may be fewer than points, or none.
        public let bands: [Band]
        /// What the legend calls the reach.
        public let bandName: String
        /// The longest time (ns) between two points that a line may join; nil when only gaps break it.
        public let maximumStep: Int64?

        /// A line through points, which are put in order of time unless they are.
        public init(
            name: String, points: [Point], bands: [Band] = [], bandName: String = "min to max",
            maximumStep: Int64? = nil
        ) {
            self.name = name
            self.bandName = bandName
            self.maximumStep = maximumStep
            if Self.isAscending(points) {
                self.points = points
                self.bands = bands
            } else {
                let order = points.indices.sorted { (points[$0].time, $0) < (points[$1].time, $1) }
                self.points = order.map { points[$0] }
                let unknown = Band(lower: .nan, upper: .nan)
                self.bands = bands.isEmpty ? [] : order.map { $0 < bands.count ? bands[$0] : unknown }
            }
        }

        private static func isAscending(_ points: [Point]) -> Bool {
            var previous = Int64.min
            for point in points {
                if point.time < previous { return false }
                previous = point.time
            }
            return true
        }
    }

    /// What the numbers are; may be empty.
    public var title: String
    /// The unit of every number, such as `°C`.
    public var unit: String?
    /// The lines, the most important one last: it is drawn over the others.
    public var series: [Series]

    /// Lines on one value axis.
    public init(title: String = "", unit: String? = nil, series: [Series]) {
        self.title = title
        self.unit = unit
        self.series = series
    }
}
