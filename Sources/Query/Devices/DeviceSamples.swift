/// The newest telemetry messages of a device, which tell of its clock and its period.
struct DeviceSamples {
    /// One message.
    struct Sample {
        /// Wall time of arrival, ns since the Unix epoch.
        var arrival: Int64
        /// Comparable within the session only, ns.
        var monotonic: Int64
        /// The time that the device states, ns since the Unix epoch, if it can be believed; else ``noTime``.
        var time: Int64
        var session: Int32

        /// Stands for no time; no clock shows it.
        static let noTime = Int64.min
    }

    /// Messages that are kept at most.
    static let capacity = 127

    /// A ring as soon as it is full.
    private var samples: [Sample] = []
    private var oldest = 0

    var isFull: Bool { samples.count == Self.capacity }

    /// Adds a message that is newer than all others.
    mutating func append(_ sample: Sample) {
        if isFull {
            samples[oldest] = sample
            oldest = (oldest + 1) % Self.capacity
        } else {
            samples.append(sample)
        }
    }

    /// Adds messages that are older than all others, the oldest first, as far as there is room.
    mutating func prepend(_ older: some Collection<Sample>) {
        guard !isFull else { return }
        samples = Array(older.suffix(Self.capacity - samples.count)) + samples
    }

    private var inOrder: ArraySlice<Sample> { samples[oldest...] + samples[..<oldest] }

    /// What the device's clock is ahead of the recorder's.
    struct Skew {
        /// The median of the device's time less the time of arrival, ns.
        var median: Int64
        /// The one farthest from the median, ns.
        var worst: Int64
        /// How many are farther from the median than a second and five times the median distance.
        var outliers: Int
    }

    /// What the clock shows; nil where no message tells.
    var skew: Skew? {
        var skews: [Int64] = []
        var last: Sample?
        for sample in inOrder where sample.time != Sample.noTime {
            if !(last.map { Self.isHeldBack(sample, after: $0) } ?? false) {
                skews.append(sample.time &- sample.arrival)
            }
            last = sample
        }
        guard let median = Self.median(skews) else { return nil }
        let distances = skews.map { $0.subtractingReportingOverflow(median).partialValue.magnitude }
        let limits = Self.median(distances.map { Int64(clamping: $0) }).map { $0.multipliedReportingOverflow(by: 5) }
        let spread = limits.map { $0.overflow ? Int64.max : $0.partialValue } ?? 0
        let limit = spread.magnitude &+ 1_000_000_000
        let worst = zip(skews, distances).max { $0.1 < $1.1 }?.0 ?? median
        return Skew(median: median, worst: worst, outliers: distances.count { $0 > limit })
    }

    /// The median time between two messages of one session, ns.
    var period: Int64? {
        let samples = inOrder
        let pairs = zip(samples, samples.dropFirst()).filter { $0.session == $1.session }
        return Self.median(pairs.map { $1.monotonic &- $0.monotonic })
    }

    /// Samples that were held back arrive late, and then in quicker succession than they were taken.
    private static func isHeldBack(_ sample: Sample, after last: Sample) -> Bool {
        let taken = sample.time &- last.time
        let arrived = sample.arrival &- last.arrival
        let isCatchingUp = taken > 500_000_000 && arrived < taken / 4
        return isCatchingUp || arrived &- taken > 60_000_000_000
    }

    /// The median, of an even count the mean of the two in the middle; nil without numbers.
    private static func median(_ values: [Int64]) -> Int64? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let upper = sorted[sorted.count / 2]
        if !sorted.count.isMultiple(of: 2) { return upper }
        let lower = sorted[sorted.count / 2 - 1]
        return Int64((Int128(lower) + Int128(upper)) / 2)
    }
}
